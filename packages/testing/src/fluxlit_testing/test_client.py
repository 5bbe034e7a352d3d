"""`FluxLitTestClient`: an application's API behind its gateway, and its pages, without a server and without a port."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

from fluxlit_gateway import normalize_root_mount
from fluxlit_testing.api_calls import ApiCalls
from fluxlit_testing.application import override_places, page_app_of, served_below
from fluxlit_testing.apptest_runs import AppTestRuns
from fluxlit_testing.in_process.gateway import gateway_of
from fluxlit_testing.in_process.shared_session import SharedSession
from fluxlit_testing.overrides import Override

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping
    from types import TracebackType

    from starlette.testclient import TestClient
    from starlette.types import ASGIApp

    from fluxlit_auth import User
    from fluxlit_testing.application import AppWithApi
    from fluxlit_testing.pages.page_test import PageTest

__all__ = ("FluxLitTestClient",)


@dataclass(frozen=True)
class FluxLitTestClient(ApiCalls, AppTestRuns):
    """Calls an application's API through its gateway, and runs its pages in Streamlit's `AppTest`, all in process.

    Entered (`with FluxLitTestClient(app) as client:`), it runs the application's lifespan, and API calls and pages
    share the event loop of it, with what runs beside it when the application is served: logins are renewed, and
    sockets of logins and sessions that end are closed. Without that no lifespan runs. At the end of the block every
    override is undone.

    Where the application has no session store configured, sessions and logins are kept in memory, so that tests leave
    no file behind.

    Attributes:
        app: The application.
        api_prefix: Where the API is served.
        root_mount: The public mount, such as `/apps/sales`; empty for none.
        raise_server_exceptions: Whether an exception in an endpoint is raised in the test; otherwise it becomes the
            answer 500 that a visitor gets.
        user: By whom API calls are made and pages are visited; `None` for nobody who is known.
    """

    __test__ = False  # not a test class, whatever its name begins with

    app: AppWithApi
    api_prefix: str = "/api"
    root_mount: str = ""
    raise_server_exceptions: bool = True
    user: User | None = None
    _session: SharedSession = field(default_factory=SharedSession, init=True, repr=False, compare=False, kw_only=True)

    def __post_init__(self) -> None:
        """Let the application keep its sessions in memory, unless it has a place for them or keeps them already."""
        keep_in_memory = getattr(self.app, "keep_sessions_in_memory", None)
        if keep_in_memory is not None:
            keep_in_memory()

    @classmethod
    def of(cls, app: AppWithApi, *, raise_server_exceptions: bool = True) -> Self:
        """A client of `app`, served where the application's own settings say."""
        prefix, mount = served_below(app)
        return cls(app, prefix, normalize_root_mount(mount), raise_server_exceptions)

    @property
    def api(self) -> TestClient:
        """A new client of the gateway: Starlette's test client, whose responses arrive as they are sent.

        The lifespan runs only if this client has been entered, or the new one is (`with client.api as api:`).
        """
        gateway = self._session.gateway(self._key, self._gateway)
        return self._session.client(gateway, raise_server_exceptions=self.raise_server_exceptions)

    def with_root_path(self, path: str) -> Self:
        """A copy that is served below `path`; the lifespan and overrides are shared."""
        return replace(self, root_mount=normalize_root_mount(path))

    def as_user(self, user: User | None) -> Self:
        """A copy whose calls and visits are this user's: the guard lets them in as if they had logged in.

        Requirements of paths, routes and pages hold. With `None` nobody is logged in.
        """
        return replace(self, user=user)

    def override(self, dependency: Callable[..., Any], value: object) -> Override:
        """Let a dependency of endpoints and pages give `value`, from now on.

        It ends with the `with` block of what is returned, with `undo()`, or with the client.
        """
        override = Override.by_value(override_places(self.app), dependency, value)
        self._session.remember(override)
        return override

    def page(
        self,
        path: str = "/",
        *,
        query: Mapping[str, str | list[str]] | None = None,
        session: Mapping[str, Any] | None = None,
        user: User | None = None,
        overrides: Mapping[Any, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        cookies: Mapping[str, str] | None = None,
        raise_errors: bool = True,
    ) -> PageTest:
        """Open a page as a new visitor and run it; its `ApiClient` reaches this application's API in process.

        Args:
            path: The page's registered path.
            query: Query parameters of the address.
            session: What `st.session_state` holds before the first run.
            user: Who is logged in: in `st.user`, in parameters of the type `User`, and for the API; by default the
                client's own user.
            overrides: Values by dependency (for page and API) or by name of a page's parameter.
            headers: Further headers of the browser's request.
            cookies: Cookies of the browser's request.
            raise_errors: Whether a run fails when the page raises; otherwise look at `.exception`.

        Raises:
            UnknownPageError: There is no such page.
            PageFailedError: The page raised.
        """
        # Streamlit is heavy, and tests of an API need none.
        from fluxlit_testing.pages.opening import open_visit  # noqa: PLC0415
        from fluxlit_testing.pages.page_test import PageTest  # noqa: PLC0415

        visit = open_visit(
            self.app,
            self._session,
            api_prefix=self.api_prefix,
            raise_server_exceptions=self.raise_server_exceptions,
            user=user or self.user,
            headers=headers or {},
            cookies=cookies or {},
            overrides=overrides or {},
        )
        test = PageTest(page_app_of(self.app), visit, session=session, raise_errors=raise_errors)
        return test.open(path, query=query)

    def close(self) -> None:
        """Undo every override, end the lifespan if it runs, and close the session store that the application opened."""
        self._session.stop()
        close_store = getattr(self.app, "close_session_store", None)
        if close_store is not None:
            close_store()

    def __enter__(self) -> Self:
        self._session.start(self._key, self._gateway())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    @property
    def _key(self) -> Hashable:
        user = self.user.model_dump_json() if self.user is not None else ""
        return (id(self.app.api), self.api_prefix, self.root_mount, user)

    def _gateway(self) -> ASGIApp:
        return gateway_of(self.app, api_prefix=self.api_prefix, root_mount=self.root_mount, user=self.user)
