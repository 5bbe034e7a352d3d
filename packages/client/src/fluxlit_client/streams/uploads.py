"""Uploads of one file, read a chunk at a time while it is sent."""

from __future__ import annotations

import io
from collections.abc import Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from fluxlit_client.files import as_file_part
from fluxlit_client.streams.progress import ProgressMeter

if TYPE_CHECKING:
    from collections.abc import Generator

    from fluxlit_client.files import FilePart
    from fluxlit_client.request_options import BodyOptions
    from fluxlit_client.streams.progress import Progress

__all__ = ("UploadSource", "metered_part", "upload_options")

UploadSource = str | Path | bytes | IO[bytes]
"""A path, bytes, an open binary file, or what ``st.file_uploader`` returns."""


class _MeteredFile:
    """What the HTTP library needs of a file: it reads, and asks for the size by seeking."""

    def __init__(self, file: IO[bytes], progress: Progress | None) -> None:
        self._file = file
        self._size = _size(file)
        self._meter = ProgressMeter(progress, total=self._size)

    def read(self, count: int = -1) -> bytes:
        chunk = self._file.read(count)
        self._meter.advance(len(chunk))
        if not chunk:
            self._meter.finish()
        return chunk

    def tell(self) -> int:
        return self._file.tell()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if offset == 0 and whence == io.SEEK_SET:
            self._meter.restart()
        try:
            return self._file.seek(offset, whence)
        except AttributeError as error:
            raise io.UnsupportedOperation("seek") from error


@contextmanager
def metered_part(
    file: UploadSource, *, name: str | None, content_type: str | None, progress: Progress | None
) -> Generator[FilePart]:
    """The multipart part of a file; a path is opened here and closed at the end."""
    if isinstance(file, str | Path):
        with Path(file).open("rb") as opened:
            yield _part(opened, name=name, content_type=content_type, progress=progress)
    else:
        yield _part(file, name=name, content_type=content_type, progress=progress)


def upload_options(options: BodyOptions, field: str, part: FilePart) -> BodyOptions:
    """The options with ``part`` under the name ``field``, after the files that they have already."""
    own = options.get("files") or []
    files = [*(own.items() if isinstance(own, Mapping) else own), (field, part)]
    return cast("BodyOptions", {**options, "files": files})


def _part(
    file: bytes | IO[bytes], *, name: str | None, content_type: str | None, progress: Progress | None
) -> FilePart:
    own_name, content, own_type = as_file_part(file)
    stream = io.BytesIO(content) if isinstance(content, bytes) else cast("IO[bytes]", content)
    metered = cast("IO[bytes]", _MeteredFile(stream, progress))
    return name or own_name, metered, content_type or own_type


def _size(file: IO[bytes]) -> int | None:
    try:
        position = file.tell()
        size = file.seek(0, io.SEEK_END)
        file.seek(position)
    except (AttributeError, OSError):
        return None
    return size
