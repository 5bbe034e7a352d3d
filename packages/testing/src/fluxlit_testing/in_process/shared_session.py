"""What the copies of one test client have in common: the event loop, the lifespan, what has been replaced.

Lifecycle: before `start` (and after `stop`) each request has an event loop of its own and no lifespan has run, as with
Starlette's test client. In between, all requests, those of pages too, run in the one loop in which the lifespan ran.
"""

from __future__ import annotations

import contextlib
import itertools
from typing import TYPE_CHECKING

from starlette.testclient import TestClient

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from typing import Self

    from starlette.types import ASGIApp

    from fluxlit_testing.overrides import Override

__all__ = ("InProcessClient", "SharedSession")

_numbers = itertools.count(1)


class InProcessClient(TestClient):
    """Starlette's test client; where the lifespan runs already, it joins that event loop instead of a second one.

    Responses arrive as they are sent, with Starlette 1.9 or newer (its release notes, pull request 3491).
    """

    joined = False

    def join(self, running: TestClient) -> None:
        """Use the event loop, and what the lifespan yielded, of a client that has been entered."""
        self.joined = True
        self.portal = running.portal
        self.app_state.update(running.app_state)

    def __enter__(self) -> Self:
        if not self.joined:
            super().__enter__()
        return self

    def __exit__(self, *arguments: object) -> None:
        if self.joined:
            self.close()
        else:
            super().__exit__(*arguments)


class SharedSession:
    """State of a `FluxLitTestClient` and of its copies."""

    def __init__(self) -> None:
        self.number = next(_numbers)
        """Tells the clients of this process apart."""
        self._running: InProcessClient | None = None
        self._gateways: dict[Hashable, ASGIApp] = {}
        self._undo = contextlib.ExitStack()

    @property
    def running(self) -> bool:
        """Whether the lifespan runs."""
        return self._running is not None

    def client(self, app: ASGIApp, *, raise_server_exceptions: bool) -> InProcessClient:
        """A new client of an ASGI application, in the running event loop if there is one."""
        client = InProcessClient(app, raise_server_exceptions=raise_server_exceptions)
        if self._running is not None:
            client.join(self._running)
        return client

    def gateway(self, key: Hashable, make: Callable[[], ASGIApp]) -> ASGIApp:
        """The gateway known by `key`: one for the whole lifespan, so that it counts requests; else a new one."""
        if self._running is None:
            return make()
        if key not in self._gateways:
            self._gateways[key] = make()
        return self._gateways[key]

    def start(self, key: Hashable, gateway: ASGIApp) -> None:
        """Run the lifespan of a gateway, and everything from now on in its event loop.

        Raises:
            RuntimeError: It runs already.
        """
        if self._running is not None:
            raise RuntimeError("the test client has been entered already: its lifespan runs")
        client = InProcessClient(gateway)
        client.__enter__()
        self._running = client
        self._gateways[key] = gateway

    def remember(self, override: Override) -> None:
        """Undo `override` with the session."""
        self._undo.callback(override.undo)

    def stop(self) -> None:
        """Undo what was replaced, and end the lifespan."""
        running, self._running = self._running, None
        self._gateways.clear()
        with self._undo:
            if running is not None:
                running.__exit__(None, None, None)
