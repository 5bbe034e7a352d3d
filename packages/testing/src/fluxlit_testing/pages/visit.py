"""A visit to pages under test: the browser's request, the user, and the way from the page to its API."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fluxlit_auth.identity.user_header import TRUSTED_USER_HEADERS, private_hop_headers
from fluxlit_client import REQUEST_ID_HEADER, new_request_id
from fluxlit_client.connections.mounts import Mount, mounted
from fluxlit_testing.application import override_places
from fluxlit_testing.overrides import Override

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    from fluxlit_auth import User
    from fluxlit_testing.application import AppWithApi

__all__ = ("SCRIPT", "Visit", "request_headers", "user_info_of")

SCRIPT = Path(__file__).parent / "entry" / "fluxlit_entry_script.py"


@dataclass(frozen=True)
class Visit:
    """Who comes, with what, and how the page reaches its API."""

    api_base: str
    """Base URL of the API, where `mount` answers."""
    api_prefix: str
    mount: Mount
    headers: Sequence[tuple[str, str]] = ()
    cookies: Mapping[str, str] = field(default_factory=dict[str, str])
    user_info: Mapping[str, str] | None = None
    overrides: Mapping[Any, Any] = field(default_factory=dict[Any, Any])
    """Values by parameter name or dependency."""
    script: Path = SCRIPT

    @property
    def environment(self) -> Mapping[str, str]:
        """What a page finds in its process's environment."""
        return {
            "FLUXLIT_INTERNAL_API_BASE": self.api_base,
            "FLUXLIT_API_PREFIX": self.api_prefix,
            "FLUXLIT_TESTS": "1",
        }

    @contextlib.contextmanager
    def reaching_api(self, app: AppWithApi) -> Generator[None]:
        """Serve the API to this process's clients, with the visit's overrides in force."""
        places = override_places(app)
        names = [place for place in places if place is not getattr(app.api, "dependency_overrides", None)]
        with contextlib.ExitStack() as stack:
            stack.enter_context(mounted(self.api_base, self.mount))
            for key, value in self.overrides.items():
                replaced = (
                    Override.by_value(places, key, value) if callable(key) else Override(names, key, replacement=value)
                )
                stack.enter_context(replaced)
            yield


def request_headers(
    given: Mapping[str, str], *, user: User | None, cookies: Mapping[str, str]
) -> Sequence[tuple[str, str]]:
    """The headers that a page sees, as the gateway would pass them on; `given` wins."""
    headers = {REQUEST_ID_HEADER: new_request_id(), "host": "testserver"}
    if cookies:
        headers["cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
    if user is not None:
        headers.update({name.decode(): value.decode() for name, value in private_hop_headers(user)})
    headers.update({name.lower(): value for name, value in given.items()})
    return list(headers.items())


def user_info_of(user: User | None) -> Mapping[str, str]:
    """What `st.user` shows of a user: the headers that Streamlit is told to trust, by the names that it gives them."""
    sent = {name.lower(): value for name, value in private_hop_headers(user)} if user is not None else {}
    return {
        key: sent[name.lower().encode()].decode()
        for name, key in TRUSTED_USER_HEADERS.items()
        if name.lower().encode() in sent
    }
