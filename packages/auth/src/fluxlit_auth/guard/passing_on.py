"""What goes on to pages and API of a request that was let in: the user, and no credentials.

Pages see who the user is, never what they showed for it: cookies of a login, passwords and keys end here. The API keeps
the `Authorization` header, for dependencies of its own that read tokens.
"""

from collections.abc import Collection, Iterable
from typing import Final

from starlette.types import Scope

from fluxlit_auth.guard.method import Identity
from fluxlit_auth.guard.request import GuardRequest
from fluxlit_auth.guard.revocations import SESSION_STATE_KEY
from fluxlit_auth.identity.user_header import private_hop_headers

__all__ = ("LOGIN_COOKIE_PREFIX", "USER_STATE_KEY", "passed_on")

USER_STATE_KEY: Final = "fluxlit_user"
"""Where `scope["state"]` has the user, for the API; as in `fluxlit_auth.identity.current_user`."""

LOGIN_COOKIE_PREFIX: Final = "fluxlit_login_"
"""Begins the names of login cookies, after `__Host-` or `__Secure-`."""


def passed_on(request: GuardRequest, identity: Identity | None, *, drop: Collection[bytes], is_api: bool) -> Scope:
    """The scope that goes on.

    Args:
        request: The request.
        identity: Who it is; `None` for nobody.
        drop: Headers that nobody may believe from here on, in lower case.
        is_api: Whether it goes to the API.
    """
    scope = request.scope
    state = scope.setdefault("state", {})
    state.pop(USER_STATE_KEY, None)
    state.pop(SESSION_STATE_KEY, None)
    if identity is not None:
        state[USER_STATE_KEY] = identity.user
        if identity.session:
            state[SESSION_STATE_KEY] = identity.session
        state.setdefault("upstream_headers", []).extend(private_hop_headers(identity.user))
    dropped = set(drop) if is_api else {*drop, b"authorization", b"x-api-key"}
    return {**scope, "headers": list(_kept(scope["headers"], dropped))}


def _kept(headers: Iterable[tuple[bytes, bytes]], dropped: Collection[bytes]) -> Iterable[tuple[bytes, bytes]]:
    for name, value in headers:
        if name in dropped:
            continue
        if name == b"cookie" and LOGIN_COOKIE_PREFIX.encode() in value:
            rest = b"; ".join(pair.strip() for pair in value.split(b";") if not _is_login(pair))
            if rest:
                yield name, rest
            continue
        yield name, value


def _is_login(pair: bytes) -> bool:
    name = pair.strip().partition(b"=")[0]
    name = name.removeprefix(b"__Host-").removeprefix(b"__Secure-")
    return name.startswith(LOGIN_COOKIE_PREFIX.encode())
