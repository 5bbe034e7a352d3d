"""From what a test says of a visitor to the visit: headers, user, and the API in process."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from fluxlit_client.connections.mounts import Mount
from fluxlit_testing.in_process.page_transport import AsyncInProcessTransport, InProcessTransport, internal_api
from fluxlit_testing.pages.visit import Visit, request_headers, user_info_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fluxlit_auth import User
    from fluxlit_testing.application import AppWithApi
    from fluxlit_testing.in_process.shared_session import SharedSession

__all__ = ("open_visit",)


def open_visit(
    app: AppWithApi,
    shared: SharedSession,
    *,
    api_prefix: str,
    raise_server_exceptions: bool,
    user: User | None,
    headers: Mapping[str, str],
    cookies: Mapping[str, str],
    overrides: Mapping[Any, Any],
) -> Visit:
    """A visit by `user` with these headers and cookies; see `FluxLitTestClient.page`."""
    api = internal_api(app, prefix=api_prefix)
    blocking = InProcessTransport(partial(shared.client, api, raise_server_exceptions=raise_server_exceptions))
    return Visit(
        # A host of this client's own, below the name that never leaves the machine.
        api_base=f"http://app-{shared.number}.localhost{api_prefix.rstrip('/')}",
        api_prefix=api_prefix,
        mount=Mount(blocking, AsyncInProcessTransport(blocking)),
        headers=request_headers(headers, user=user, cookies=cookies),
        cookies=cookies,
        user_info=user_info_of(user),
        overrides=overrides,
    )
