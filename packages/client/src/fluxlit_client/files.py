"""Anything that a page may call a file, as the part of a multipart form that the HTTP library takes."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Protocol, cast, runtime_checkable

if TYPE_CHECKING:
    from fluxlit_client.request_options import FileContent

__all__ = ("FilePart", "UploadedFile", "as_file_part")

FilePart = tuple["str | None", "FileContent", "str | None"]
"""Name, content, content type."""


@runtime_checkable
class UploadedFile(Protocol):
    """FastAPI's and Starlette's ``UploadFile``."""

    file: IO[bytes]
    filename: str | None
    content_type: str | None


def as_file_part(value: object) -> FilePart:
    """A multipart part from bytes, an open file, what ``st.file_uploader`` returns, or FastAPI's ``UploadFile``.

    A tuple ``(name, content)`` or ``(name, content, content type)`` is taken as it is.

    Raises:
        TypeError: It is none of these.
    """
    if isinstance(value, UploadedFile):
        return value.filename or "upload", value.file, value.content_type
    if isinstance(value, tuple):
        name, content, content_type = (*cast("tuple[object, ...]", value), None)[:3]
        return cast("FilePart", (name, content, content_type))
    if isinstance(value, bytes | bytearray):
        return "upload", bytes(value), None
    if hasattr(value, "read"):
        # Streamlit's UploadedFile has a name and a type, a file opened from disk has its path for a name.
        name = str(getattr(value, "name", "upload")).replace("\\", "/").rpartition("/")[2]
        return name or "upload", cast("IO[bytes]", value), cast("str | None", getattr(value, "type", None))
    raise TypeError(f"cannot send {value!r} as a file: give bytes, an open binary file, or (name, content)")
