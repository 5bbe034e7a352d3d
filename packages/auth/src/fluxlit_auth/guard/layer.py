"""`Guard`: the ASGI layer that lets nobody through who has not shown who they are.

Lifecycle: made with the gateway, before anything runs, and protecting from then on. `running` adds what works in the
background: refreshing logins, closing sockets of sessions that have ended.
"""

import contextlib
import logging
from collections.abc import AsyncGenerator, Collection, Generator, Sequence

from starlette.types import ASGIApp, Receive, Scope, Send

from fluxlit_auth.errors import NotAllowedError, NotLoggedInError, RefusedError
from fluxlit_auth.guard.cross_site import check_same_origin
from fluxlit_auth.guard.environment import GuardEnvironment
from fluxlit_auth.guard.method import Checker, Identity, LoginChecker, RunningChecker
from fluxlit_auth.guard.page_rules import PageRules
from fluxlit_auth.guard.passing_on import passed_on
from fluxlit_auth.guard.path_rules import PathRules
from fluxlit_auth.guard.plan import GuardPlan
from fluxlit_auth.guard.refusals import redirect, refuse
from fluxlit_auth.guard.request import GuardRequest
from fluxlit_auth.guard.revocations import SocketCloser
from fluxlit_auth.identity.requirements import Requirement, meets

__all__ = ("Guard",)

_log = logging.getLogger("fluxlit.auth")


class Guard:
    """Asks each request for an identity, and passes it on with the user.

    Args:
        plan: Methods and rules.
        environment: What the methods share.
        pages: The rules of the pages.
    """

    def __init__(self, plan: GuardPlan, environment: GuardEnvironment, pages: PageRules | None = None) -> None:
        self._environment = environment
        self._options = environment.options
        self._rules = plan.rules
        self._pages = pages or PageRules((), PathRules())
        self._checkers: Sequence[Checker] = [method.checker(environment) for method in plan.methods]
        self._logins = [each for each in self._checkers if isinstance(each, LoginChecker)]
        self._challenges = [each.challenge for each in self._checkers if each.challenge]
        self._untrusted = frozenset(
            name.encode() for each in self._checkers for name in getattr(each, "credential_headers", ())
        )
        self._live = environment.live

    def layer(self, app: ASGIApp) -> ASGIApp:
        """The layer around an application."""

        async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] in {"http", "websocket"}:
                await self._serve(app, scope, receive, send=send)
            else:
                await app(scope, receive, send)

        return guarded

    @contextlib.asynccontextmanager
    async def running(self, close_sockets: SocketCloser) -> AsyncGenerator[None]:
        """Refresh logins and close sockets of ended sessions while the block runs."""
        running = [each for each in self._checkers if isinstance(each, RunningChecker)]
        async with contextlib.AsyncExitStack() as stack:
            # Name, token and proxy need no store, and nothing of theirs can be revoked.
            if running:
                stack.push_async_callback(self._environment.store.close)
                await stack.enter_async_context(self._environment.revocations.watching(close_sockets))
            for checker in running:
                await stack.enter_async_context(checker.running())
            yield

    async def revoke(self, sessions: Collection[str]) -> None:
        """Close the open sockets of logins and keys that have ended, in every process.

        Args:
            sessions: Their names, as `Identity.session` has them.

        Raises:
            LoginStoreError: The store does not answer.
        """
        await self._environment.revocations.announce(sessions)

    async def _serve(self, app: ASGIApp, scope: Scope, receive: Receive, *, send: Send) -> None:
        options = self._options
        request = GuardRequest(scope, root_mount=options.root_mount, trust_forwarded_host=options.trust_forwarded_host)
        try:
            if await self._served_here(request, receive, send):
                return
            identity = await self._admitted(request)
            if identity is None and not self._is_open(request):
                await self._send_to_login(request, receive, send)
                return
        except RefusedError as error:
            _log.info("refused %s %s: %s", request.method, request.app_path, error.reason)
            if request.is_socket:
                await receive()  # websocket.connect
            await refuse(request, send, error)
            return
        believed = frozenset[bytes]() if identity is not None and identity.ambient else self._untrusted
        onward = passed_on(request, identity, drop=believed, is_api=self._is_api(request.app_path))
        session = identity.session if identity is not None and request.is_socket else ""
        with self._counted(session):
            await app(onward, receive, send)

    @contextlib.contextmanager
    def _counted(self, session: str) -> Generator[None]:
        """Keep a socket's session among the live ones while the block runs."""
        if not session:
            yield
            return
        self._live[session] += 1
        try:
            yield
        finally:
            self._live[session] -= 1
            if not self._live[session]:
                del self._live[session]

    async def _served_here(self, request: GuardRequest, receive: Receive, send: Send) -> bool:
        if request.is_socket:
            return False
        for checker in self._logins:
            if checker.serves(request.app_path):
                await checker.serve(request, receive, send)
                return True
        return False

    async def _admitted(self, request: GuardRequest) -> Identity | None:
        """Who is asking, if what they ask for is theirs; `None` for nobody.

        Raises:
            RefusedError: What they have shown is not accepted, or not enough; and the path is not open.
        """
        is_open = self._is_open(request)
        try:
            identity = await self._identified(request)
            if identity is not None and identity.ambient:
                check_same_origin(
                    request, trusted=self._options.trusted_origins, own_origin=self._options.public_origin
                )
        except RefusedError:
            if is_open:
                return None  # as if nothing had been shown
            raise
        if identity is not None and not meets(identity.user, self._requirements(request)):
            raise NotAllowedError
        return identity

    async def _identified(self, request: GuardRequest) -> Identity | None:
        """What the first method says that recognises somebody; the first refusal counts if none does."""
        refusal: RefusedError | None = None
        for checker in self._checkers:
            try:
                identity = await checker.authenticate(request)
            except RefusedError as error:
                refusal = refusal or error
                continue
            if identity is not None:
                return identity
        if refusal is not None:
            raise refusal
        return None

    async def _send_to_login(self, request: GuardRequest, receive: Receive, send: Send) -> None:
        if self._logins and request.is_navigation:
            await redirect(request, send, self._logins[0].login_url(request))
            return
        if request.is_socket:
            await receive()  # websocket.connect
        # RFC 9110 section 15.5.2: a 401 has a challenge; where there is only a login, it says that it is one.
        await refuse(request, send, NotLoggedInError(self._challenges or ("FluxLit-Login",)))

    def _is_open(self, request: GuardRequest) -> bool:
        path = request.app_path
        if not request.is_socket and request.method in {"GET", "HEAD"} and path in self._options.open_paths:
            return True
        if self._is_api(path):
            return self._rules.is_public(path) or self._is_preflight(request)
        page = self._pages.of(path)
        public = self._rules.is_public(path) if page is None else page.public
        return public or self._pages.is_part_of_public_page(path)

    def _requirements(self, request: GuardRequest) -> tuple[Requirement, ...]:
        path = request.app_path
        page = None if self._is_api(path) else self._pages.of(path)
        return self._rules.requirements(path) + (page.requires if page is not None else ())

    def _is_preflight(self, request: GuardRequest) -> bool:
        # Fetch section 4.9: a preflight has no credentials; the CORS middleware answers it, no route sees it.
        asks = "origin" in request.headers and "access-control-request-method" in request.headers
        return self._options.answers_preflight and request.scope.get("method") == "OPTIONS" and asks

    def _is_api(self, path: str) -> bool:
        prefix = self._options.api_prefix
        return path == prefix or path.startswith(prefix.rstrip("/") + "/")
