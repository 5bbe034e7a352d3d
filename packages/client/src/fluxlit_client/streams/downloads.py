"""Downloads into a file, a chunk at a time."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, BinaryIO, Final, Self, cast

from fluxlit_client.streams.progress import ProgressMeter

if TYPE_CHECKING:
    from collections.abc import Generator
    from types import TracebackType

    from fluxlit_client.http_library import httpx
    from fluxlit_client.streams.progress import Progress

__all__ = ("CHUNK_BYTES", "Download", "DownloadTarget", "PendingDownload", "pending_download")

CHUNK_BYTES: Final = 64 * 1024

DownloadTarget = str | Path | IO[bytes] | None
"""A path to write to, an open binary file, or ``None`` for a temporary file that is gone once it is closed."""


@dataclass(frozen=True, slots=True)
class Download:
    """A file that has been downloaded.

    Attributes:
        file: The content, open for reading at its beginning: what ``st.download_button`` takes as ``data``.
        name: Name that the server gives it, else the last part of the path.
        content_type: Media type without parameters.
        size: Bytes.
    """

    file: BinaryIO
    name: str
    content_type: str
    size: int

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.file.close()


class PendingDownload:
    """Takes the chunks of one response."""

    def __init__(
        self, response: httpx.Response, file: IO[bytes], progress: Progress | None, *, is_ours: bool = True
    ) -> None:
        self._response = response
        self._file = file
        self._is_ours = is_ours
        self._size = 0
        self._counted = 0
        length = response.headers.get("content-length", "")
        self._meter = ProgressMeter(progress, total=int(length) if length.isdigit() else None)

    def write(self, chunk: bytes) -> None:
        """Write the next chunk."""
        self._file.write(chunk)
        self._size += len(chunk)
        # Content-Length counts what travels, which is less than the chunks if the server compresses.
        travelled = self._response.num_bytes_downloaded
        self._meter.advance(travelled - self._counted)
        self._counted = travelled

    def finish(self) -> Download:
        """The complete download."""
        self._file.flush()
        file = _reader(self._file) if self._is_ours else self._file
        file.seek(0)
        self._meter.finish()
        content_type = self._response.headers.get("content-type", "application/octet-stream")
        return Download(
            cast("BinaryIO", file), _name(self._response), content_type.partition(";")[0].strip(), self._size
        )


@contextmanager
def pending_download(
    response: httpx.Response, target: DownloadTarget, progress: Progress | None
) -> Generator[PendingDownload]:
    """Open the target; it is closed again if the download fails, unless the caller has opened it."""
    if target is not None and not isinstance(target, str | Path):
        yield PendingDownload(response, target, progress, is_ours=False)
        return
    # Handed out open inside Download, so no with block can own it.
    file: IO[bytes] = tempfile.TemporaryFile() if target is None else Path(target).open("w+b")  # noqa: SIM115 - see above
    try:
        yield PendingDownload(response, file, progress)
    except BaseException:
        file.close()
        raise


def _reader(file: IO[bytes]) -> IO[bytes]:
    # st.download_button takes readers only, not what can be written to as well.
    with file:
        return os.fdopen(os.dup(file.fileno()), "rb")


def _name(response: httpx.Response) -> str:
    message = Message()
    message["content-disposition"] = response.headers.get("content-disposition", "")
    name = message.get_filename() or response.request.url.path
    # Only the last part: a server must not choose a folder (RFC 6266 section 4.3).
    return PurePosixPath(name.replace("\\", "/")).name or "download"
