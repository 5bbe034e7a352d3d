"""``/__fluxlit/debug``: what this gateway is set to and did lately. Only in debug mode: it asks nobody who they are."""

from collections import deque
from collections.abc import Mapping

from fluxlit_gateway.routing.request_context import RequestContext
from fluxlit_gateway.upstream.protocols import Upstream

__all__ = ("DEBUG_PATH", "RecentDispatches", "debug_document")

DEBUG_PATH = "/__fluxlit/debug"

_REMEMBERED = 32


class RecentDispatches:
    """The last requests, oldest first."""

    def __init__(self) -> None:
        self._entries: deque[dict[str, str]] = deque(maxlen=_REMEMBERED)

    def add(self, context: RequestContext) -> None:
        """Remember a request."""
        entry = {
            "request_id": context.request_id.decode("ascii"),
            "dispatch": context.dispatch,
            "path": context.scope["path"],
        }
        self._entries.append(entry)

    def entries(self) -> list[dict[str, str]]:
        """Return what is remembered."""
        return list(self._entries)


def debug_document(
    upstream: Upstream, *, api_prefix: str, root_mount: str, settings: Mapping[str, object], recent: RecentDispatches
) -> dict[str, object]:
    """Return the JSON body of the debug page.

    Args:
        upstream: Who serves the UI.
        api_prefix: The API prefix.
        root_mount: The public mount.
        settings: Settings of the application around the gateway, secrets already removed.
        recent: The last requests.
    """
    return {
        "fluxlit_debug": True,
        "gateway": {"api_prefix": api_prefix, "root_mount": root_mount},
        "settings": dict(settings),
        "streamlit_upstream_env": "set" if upstream.targets() else "unset",
        "upstream": {"state": upstream.state, **upstream.describe()},
        "recent_dispatches": recent.entries(),
    }
