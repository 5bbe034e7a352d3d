"""The gateway's layer that gives browsers a session, for applications whose pages ask for one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from fluxlit.protection import ProtectedApplication
from fluxlit_auth.guard.passing_on import USER_STATE_KEY
from fluxlit_pages.session_use import uses_sessions
from fluxlit_sessions import BrowserSessionOptions, BrowserSessions

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from fluxlit_gateway import GatewayOptions
    from fluxlit_pages import PlainScript

__all__ = ("SessionOwner", "browser_sessions")


class SessionOwner(ProtectedApplication, Protocol):
    """What the layer needs of the application."""

    @property
    def script(self) -> PlainScript | None:
        """The Streamlit script that is served instead of pages: it knows no sessions."""
        ...


def browser_sessions(owner: SessionOwner, options: GatewayOptions) -> BrowserSessions | None:
    """What has the layer; `None` where no page asks for a session: such an application sets no cookie."""
    if owner.script is not None or not uses_sessions(owner):
        return None
    settings = owner.settings
    return BrowserSessions(
        owner.sessions,
        BrowserSessionOptions(
            api_prefix=options.api_prefix,
            root_mount=options.root_mount,
            secret=settings.session_cookie_secret,
            is_always_secure=settings.public_base_url.strip().lower().startswith("https://"),
        ),
        user_of=_user_of,
    )


def _user_of(scope: MutableMapping[str, Any]) -> str | None:
    """Whom the guard has let in."""
    user: object = scope["state"].get(USER_STATE_KEY)
    user_id: object = getattr(user, "id", None)
    return user_id if isinstance(user_id, str) else None
