"""The guard of the internal API: a page's client calls it as the user whose run it is.

The gateway has told the page's process who the user is; the page's client says the same here. Only processes of the
application reach this socket, in a folder that no other user of the machine can enter. The rules of paths hold here as
they do at the public port: a page can do for a user what the user could do, and no more.
"""

from starlette.types import ASGIApp, Receive, Scope, Send

from fluxlit_auth.errors import NotAllowedError, NotLoggedInError, RefusedError
from fluxlit_auth.guard.passing_on import USER_STATE_KEY
from fluxlit_auth.guard.plan import GuardPlan
from fluxlit_auth.guard.refusals import refuse
from fluxlit_auth.guard.request import GuardRequest
from fluxlit_auth.identity.requirements import meets
from fluxlit_auth.identity.user import User
from fluxlit_auth.identity.user_header import USER_HEADER, decode_user

__all__ = ("InternalIdentity",)

_HEADER = USER_HEADER.lower().encode()


class InternalIdentity:
    """The layer around the API on its internal socket.

    Args:
        app: The API, below its prefix.
        plan: The application's methods and rules; without methods nobody is asked for an identity.
    """

    def __init__(self, app: ASGIApp, plan: GuardPlan) -> None:
        self._app = app
        self._plan = plan

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        said = [value for name, value in scope["headers"] if name == _HEADER]
        user = decode_user(said[0].decode("latin-1")) if len(said) == 1 else None
        state = scope.setdefault("state", {})
        state.pop(USER_STATE_KEY, None)
        if user is not None:
            state[USER_STATE_KEY] = user
        request = GuardRequest(scope)
        try:
            self._check(request.scope["path"], user)
        except RefusedError as error:
            if request.is_socket:
                await receive()  # websocket.connect
            await refuse(request, send, error)
            return
        headers = [pair for pair in scope["headers"] if pair[0] != _HEADER]
        await self._app({**scope, "headers": headers}, receive, send)

    def _check(self, path: str, user: User | None) -> None:
        rules = self._plan.rules
        if user is None:
            if self._plan.methods and not rules.is_public(path):
                raise NotLoggedInError(("FluxLit-Login",))
        elif not meets(user, rules.requirements(path)):
            raise NotAllowedError
