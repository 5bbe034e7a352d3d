"""Files to and from the API, a chunk at a time, without blocking the event loop for the network.

Reading and writing the file itself does block it, for a chunk of 64 KiB at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from fluxlit_client.asynchronous.requests import AsyncRequests
from fluxlit_client.errors import raise_for_status
from fluxlit_client.streams.downloads import CHUNK_BYTES, pending_download
from fluxlit_client.streams.uploads import metered_part, upload_options

if TYPE_CHECKING:
    from fluxlit_client.http_library import httpx
    from fluxlit_client.request_options import BodyOptions
    from fluxlit_client.streams.downloads import Download, DownloadTarget
    from fluxlit_client.streams.progress import Progress
    from fluxlit_client.streams.uploads import UploadSource

__all__ = ("AsyncTransfers",)


class AsyncTransfers(AsyncRequests):
    """Downloads and uploads that never hold a whole file in memory."""

    async def download(
        self,
        path: str,
        target: DownloadTarget = None,
        *,
        method: str = "GET",
        progress: Progress | None = None,
        **options: Unpack[BodyOptions],
    ) -> Download:
        """Write the body of an answer to a file.

        Args:
            path: Path below the base URL.
            target: A path, an open binary file, or ``None`` for a temporary file.
            method: HTTP method.
            progress: Called with the fraction that is done (0.0 to 1.0) and a text: ``st.progress(0.0).progress``.
            **options: See `BodyOptions`.

        Returns:
            The file, open at its beginning, with the name and the type that the server gives it.

        Raises:
            ApiStatusError: The status is not 2xx; nothing has been written.
            ApiConnectionError: The connection broke; the target holds what had come.
        """
        async with self.stream(method, path, **options) as response:
            with pending_download(response, target, progress) as pending:
                async for chunk in response.aiter_bytes(CHUNK_BYTES):
                    pending.write(chunk)
                return pending.finish()

    async def upload(
        self,
        path: str,
        file: UploadSource,
        *,
        field: str = "file",
        name: str | None = None,
        content_type: str | None = None,
        method: str = "POST",
        progress: Progress | None = None,
        **options: Unpack[BodyOptions],
    ) -> httpx.Response:
        """Send a file as a part of a multipart form, as FastAPI's ``UploadFile`` takes it.

        Args:
            path: Path below the base URL.
            file: A path, bytes, an open binary file, or what ``st.file_uploader`` returns.
            field: Name of the form field, which is the name of the endpoint's parameter.
            name: File name. Default: the file's own.
            content_type: Media type. Default: the file's own, else guessed from its name.
            method: HTTP method.
            progress: Called with the fraction that is sent (0.0 to 1.0) and a text.
            **options: See `BodyOptions`; ``data`` has further fields of the form.

        Raises:
            ApiStatusError: The status is not 2xx.
        """
        with metered_part(file, name=name, content_type=content_type, progress=progress) as part:
            return raise_for_status(await self._send(method, path, upload_options(options, field, part)))
