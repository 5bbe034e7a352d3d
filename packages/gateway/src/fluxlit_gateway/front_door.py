"""Who is let in: the checks that come before anything is asked of the API or the UI.

They keep out what only an attacker sends: paths that mean another place (dot segments, ``//host``), a ``Host`` that is
not ours (DNS rebinding), and pages of other origins that open WebSockets or change things in the UI with the user's
cookies. A foreign page may still load what the UI shows to everybody, but cannot read it.
"""

from fluxlit_gateway.errors import BadRequestError, ForbiddenError
from fluxlit_gateway.hosts import HostRule
from fluxlit_gateway.options import GatewayOptions
from fluxlit_gateway.origin import OriginRule
from fluxlit_gateway.routing.paths import has_unsafe_segments
from fluxlit_gateway.routing.request_context import RequestContext

__all__ = ("FrontDoor",)

# RFC 9110, section 9.2.1. OPTIONS is not among them: a preflight asks for leave to do the others.
_SAFE = frozenset({"GET", "HEAD"})


class FrontDoor:
    """The checks, with the rules of the options.

    Args:
        options: The settings.
    """

    def __init__(self, options: GatewayOptions) -> None:
        self._hosts = HostRule(allowed=options.allowed_hosts)
        self._checks_hosts = not self._hosts.allows_every_host
        self._origins = OriginRule(allowed=options.allowed_origins, allow_missing=options.allow_missing_origin)
        self._trust_forwarded_host = options.trust_forwarded_host

    def check(self, context: RequestContext) -> None:
        """Check what concerns every request.

        Raises:
            BadRequestError: The path or the host is not one to answer.
            ForbiddenError: A page of another origin opens a WebSocket.
        """
        if has_unsafe_segments(context.path):
            raise BadRequestError("the path has dot segments or begins with two slashes; send it in normal form")
        if self._checks_hosts:
            _check_single_host(context)
            if not self._hosts.allows(context.host.decode("latin-1")):
                raise BadRequestError("this server does not answer to the Host of the request")
        if context.scope["type"] == "websocket":
            self._check_origin(context)

    def check_ui(self, context: RequestContext) -> None:
        """Check what concerns requests to the UI.

        Raises:
            BadRequestError: There is more than one host.
            ForbiddenError: A page of another origin wants to change something.
        """
        _check_single_host(context)
        if b"origin" not in context.headers or context.scope["type"] != "http":
            return
        try:
            self._check_origin(context)
        except ForbiddenError:
            context.is_cross_origin = True
            if context.scope["method"] not in _SAFE:
                raise

    def _check_origin(self, context: RequestContext) -> None:
        verdict = self._origins.check(context.scope, trust_forwarded_host=self._trust_forwarded_host)
        if not verdict.allowed:
            context.problem = verdict.reason
            raise ForbiddenError("requests from pages of this origin are not allowed")


def _check_single_host(context: RequestContext) -> None:
    pairs = context.scope["headers"]
    if len(context.headers) != len(pairs) and sum(name == b"host" for name, _ in pairs) > 1:
        # Two parties might each look at another one (RFC 9112, section 3.2).
        raise BadRequestError("the request has several Host headers; send one")
