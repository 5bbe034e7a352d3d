"""Upstreams that never change: an address, an ASGI application, or nothing at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fluxlit_gateway.asgi import ASGIApp
from fluxlit_gateway.upstream.protocols import UpstreamTarget

__all__ = ("AppUpstream", "NoUpstream", "StaticTarget", "StaticUpstream")


@dataclass(frozen=True)
class StaticTarget:
    """A target that is always there.

    Attributes:
        name: Goes into the affinity cookie.
        address: ``unix:/path`` or ``http://host:port``; of no meaning for an application in this process.
        accepts_new: Whether new browsers may be sent there.
        headers: Headers of the private hop.
    """

    name: str
    address: str
    accepts_new: bool = True
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


class StaticUpstream:
    """One server, or several, at fixed addresses, taken to be up always.

    Args:
        addresses: ``"unix:/path"`` or ``"http://host:port"``, one or more.
    """

    def __init__(self, *addresses: str) -> None:
        self._targets = tuple(
            StaticTarget(name=f"static-{number}", address=address) for number, address in enumerate(addresses)
        )

    @property
    def state(self) -> str:
        """Always ``"ready"``: whether the server really is there shows when it is asked."""
        return "ready"

    def targets(self) -> Sequence[UpstreamTarget]:
        """Return all addresses."""
        return self._targets

    def describe(self) -> Mapping[str, object]:
        """Return one entry per address, without the address itself (readiness answers are public)."""
        return {"sidecars": [{"name": target.name, "state": "ready"} for target in self._targets]}


class AppUpstream:
    """An ASGI application in this process instead of a server behind an address.

    The gateway applies the same dispatch, origin checks and headers, then calls the application directly: no socket,
    no connection limits, no affinity. Its lifespan runs inside the gateway's, around that of the API.

    Args:
        app: The ASGI application that serves the UI.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._targets = (StaticTarget(name="app", address="app:"),)

    @property
    def state(self) -> str:
        """Always ``"ready"``: it lives and dies with this process."""
        return "ready"

    def targets(self) -> Sequence[UpstreamTarget]:
        """Return the one target that stands for the application."""
        return self._targets

    def describe(self) -> Mapping[str, object]:
        """Return an empty list of sidecars, for there are none."""
        return {"sidecars": []}


class NoUpstream:
    """No UI at all: the API is served, everything else is answered with 503."""

    @property
    def state(self) -> str:
        """Always ``"stopped"``."""
        return "stopped"

    def targets(self) -> Sequence[UpstreamTarget]:
        """Return nothing."""
        return ()

    def describe(self) -> Mapping[str, object]:
        """Return an empty list of sidecars."""
        return {"sidecars": []}
