"""The cookies of a login: one while it is under way, one for as long as it lasts. Both are useless to scripts.

Over HTTPS their names carry the strongest prefix that fits (RFC 6265bis section 4.1.3): `__Host-` at the root of a
host, `__Secure-` below a mount, as several applications may then live on the host.
"""

from typing import Final, Literal

from starlette.responses import Response

from fluxlit_auth.guard.passing_on import LOGIN_COOKIE_PREFIX
from fluxlit_auth.guard.request import GuardRequest

__all__ = ("LoginCookies",)

_Kind = Literal["session", "pending"]
_LONGEST: Final = 128


class LoginCookies:
    """Reads and sets them.

    Args:
        public_base_url: The application's URL as browsers see it; empty: as requested.
    """

    def __init__(self, public_base_url: str) -> None:
        self._public = public_base_url.lower()

    def read(self, request: GuardRequest, kind: _Kind) -> str | None:
        """The cookie's value; over HTTPS only the one that no other host can have set counts."""
        value = request.cookies.get(self._name(request, kind), "")
        return value if value and len(value) <= _LONGEST else None

    def set(self, request: GuardRequest, response: Response, kind: _Kind, *, value: str, seconds: float) -> None:
        """Have the browser keep a value; nothing and no seconds to have it forget one."""
        response.set_cookie(
            self._name(request, kind),
            value,
            max_age=int(seconds),
            path=request.mount or "/",
            secure=self._secure(request),
            httponly=True,
            # Not strict: the provider's redirect back is a navigation from another site, as links in mails are.
            samesite="lax",
        )

    def _secure(self, request: GuardRequest) -> bool:
        return self._public.startswith("https:") if self._public else request.is_secure

    def _name(self, request: GuardRequest, kind: _Kind) -> str:
        prefix = ("__Secure-" if request.mount else "__Host-") if self._secure(request) else ""
        return f"{prefix}{LOGIN_COOKIE_PREFIX}{kind}"
