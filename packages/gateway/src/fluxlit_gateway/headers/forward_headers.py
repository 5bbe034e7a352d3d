"""The allow-list of client headers that go to the UI although the gateway drops them by default.

Most headers pass anyway. The list is for those that say where a request came from in a way the gateway does not set
itself (``X-Real-IP``, ``Forwarded``), when a trusted proxy in front writes them.
"""

import re
from collections.abc import Iterable

from fluxlit_gateway.asgi import HeaderPairs
from fluxlit_gateway.errors import GatewayConfigurationError
from fluxlit_gateway.headers.header_filter import IDENTITY_PREFIX

__all__ = (
    "merge_allowlisted_browser_headers",
    "normalize_gateway_forward_header_allowlist",
    "rejected_gateway_forward_header_allowlist",
)

# More would be a sign of a list that nobody looks after.
_MOST_NAMES = 32

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")

_BLOCKED = frozenset(
    {
        "authorization",
        "connection",
        "content-length",
        "cookie",
        "host",
        "keep-alive",
        "proxy-authorization",
        "proxy-connection",
        "set-cookie",
        "te",
        "transfer-encoding",
        "upgrade",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-port",
        "x-forwarded-prefix",
        "x-forwarded-proto",
    }
)


def _is_blocked(name: str) -> bool:
    return name in _BLOCKED or name.startswith(IDENTITY_PREFIX.decode("ascii"))


def _cleaned(names: Iterable[str] | str) -> set[str]:
    given = names.split(",") if isinstance(names, str) else names
    return {name.strip().lower() for name in given} - {""}


def normalize_gateway_forward_header_allowlist(names: Iterable[str] | str) -> list[str]:
    """Return the names that may be allowed: lower-case, each once, sorted; malformed and blocked ones left out.

    Args:
        names: Header names, or one string with commas between them.

    Raises:
        GatewayConfigurationError: More than 32 names remain.
    """
    allowed = sorted(name for name in _cleaned(names) if _NAME.fullmatch(name) and not _is_blocked(name))
    if len(allowed) > _MOST_NAMES:
        raise GatewayConfigurationError(
            f"the header allow-list has {len(allowed)} names, and {_MOST_NAMES} are the most; shorten it"
        )
    return allowed


def rejected_gateway_forward_header_allowlist(names: Iterable[str] | str) -> tuple[str, ...]:
    """Return the names that are blocked whatever the list says, sorted."""
    return tuple(sorted(name for name in _cleaned(names) if _is_blocked(name)))


def merge_allowlisted_browser_headers(
    upstream_headers: HeaderPairs, browser_headers: Iterable[tuple[bytes, bytes]], allowed: Iterable[str]
) -> HeaderPairs:
    """Return the upstream's headers with all of the browser's lines of each allowed name in place of its own.

    Args:
        upstream_headers: What would be sent without the list.
        browser_headers: The headers of the ASGI scope.
        allowed: Normalised names.
    """
    wanted = {name.encode("ascii") for name in allowed}
    added = [pair for pair in browser_headers if pair[0] in wanted]
    replaced = {name for name, _ in added}
    return [pair for pair in upstream_headers if pair[0] not in replaced] + added
