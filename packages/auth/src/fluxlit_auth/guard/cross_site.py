"""Protection against requests that other sites make a browser send with its user's identity (CSRF).

No tokens: every current browser says itself where a request comes from. `Sec-Fetch-Site` is believed first (it cannot
be set by scripts), then `Origin`. A request with neither comes from no browser of this decade, and nobody's cookies are
in it by accident. This is the algorithm of Go's `http.CrossOriginProtection` (https://words.filippo.io/csrf/). Sites of
the same registrable domain count as foreign.
"""

from typing import Final

from fluxlit_auth.errors import CrossSiteError
from fluxlit_auth.guard.request import GuardRequest

__all__ = ("check_same_origin",)

# RFC 9110 section 9.2.1: these change nothing, so there is nothing to gain by forging them.
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})


def check_same_origin(request: GuardRequest, *, trusted: frozenset[str], own_origin: str = "") -> None:
    """Refuse what a page of another origin sends in order to change something, or to open a socket.

    Args:
        request: The request.
        trusted: Further origins that may.
        own_origin: The application's origin where it is configured; else what the request was sent to.

    Raises:
        CrossSiteError: It comes from another origin.
    """
    if request.method in _SAFE and not request.is_socket:
        return
    origin = request.headers.get("origin", "")
    if origin and origin.lower() in trusted:
        return
    site = request.headers.get("sec-fetch-site", "")
    if site:
        if site not in {"same-origin", "none"}:
            raise CrossSiteError(f"Sec-Fetch-Site is {site!r}, Origin {origin!r}")
        return
    if origin and origin.lower() not in {request.origin, own_origin.lower()}:
        raise CrossSiteError(f"Origin is {origin!r}, the application is {request.origin!r}")
