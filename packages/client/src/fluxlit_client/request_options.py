"""The keyword arguments of one request, as the HTTP library takes them."""

from __future__ import annotations

from collections.abc import AsyncIterable, Callable, Iterable, Mapping, Sequence
from typing import IO, Any, TypedDict

from fluxlit_client.http_library import httpx

__all__ = (
    "Auth",
    "AuthHeaderFactory",
    "BodyOptions",
    "FileContent",
    "Params",
    "Primitive",
    "RequestOptions",
)

AuthHeaderFactory = Callable[[], Mapping[str, str]]
"""Called for each request; its headers win over ``default_headers`` and lose to those of the call."""

Primitive = str | int | float | bool | None
Params = Mapping[str, Primitive | Sequence[Primitive]] | Sequence[tuple[str, Primitive]] | str | bytes
Auth = tuple[str, str] | Callable[[httpx.Request], httpx.Request] | httpx.Auth
FileContent = IO[bytes] | bytes | str
_File = FileContent | tuple[str | None, FileContent] | tuple[str | None, FileContent, str | None]


class RequestOptions(TypedDict, total=False):
    """Keyword arguments of a request without a body.

    Attributes:
        params: Added to the query; a name that the path's own query has already is replaced.
        headers: Win over every other source of headers.
        cookies: Sent with this request only.
        auth: ``(user, password)``, the library's ``Auth``, or ``None`` for none.
        follow_redirects: Default: do not.
        timeout: Seconds, or the library's ``Timeout``; ``None`` waits for ever. Default: the client's.
        extensions: Passed to the HTTP library.
    """

    params: Params | None
    headers: Mapping[str, str] | Sequence[tuple[str, str]] | None
    cookies: Mapping[str, str] | None
    auth: Auth | None
    follow_redirects: bool
    timeout: float | httpx.Timeout | None
    extensions: Mapping[str, Any] | None


class BodyOptions(RequestOptions, total=False):
    """Keyword arguments of a request that may have a body: one of ``content``, ``json``, or ``data`` and ``files``.

    Attributes:
        content: Bytes, text, or an iterable of bytes that is sent as it comes.
        data: Form fields.
        files: Multipart parts: a file object, or ``(name, file, content type)``.
        json: Anything that ``json.dumps`` takes.
    """

    content: str | bytes | Iterable[bytes] | AsyncIterable[bytes] | None
    data: Mapping[str, Any] | None
    files: Mapping[str, _File] | Sequence[tuple[str, _File]] | None
    json: Any
