"""Builds the library's request from a client's settings and a call's options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from fluxlit_client.exchange.paths import join_path
from fluxlit_client.http_library import httpx

if TYPE_CHECKING:
    from fluxlit_client.configuration import ClientConfiguration
    from fluxlit_client.request_options import BodyOptions

__all__ = ("build_request",)


def build_request(
    session: httpx.Client | httpx.AsyncClient,
    configuration: ClientConfiguration,
    *,
    method: str,
    path: str,
    options: BodyOptions,
) -> httpx.Request:
    """The request of one call.

    Raises:
        InvalidPathError: The path would leave the API.
    """
    url = httpx.URL(join_path(configuration.base.url, path))
    if params := options.get("params"):
        # Given to build_request(), params would replace the query that the path has of its own.
        url = url.copy_merge_params(cast("Any", params))
    return session.build_request(
        method,
        url,
        headers=configuration.headers(options.get("headers")),
        cookies=dict(options.get("cookies") or {}),
        timeout=options.get("timeout", configuration.timeout),
        content=options.get("content"),
        data=options.get("data"),
        files=options.get("files"),
        json=options.get("json"),
        extensions=options.get("extensions"),
    )
