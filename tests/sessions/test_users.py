"""The session of somebody who has logged in: theirs alone, and gone when it is revoked."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import httpx2

from fluxlit_testing.streamlit_session import StreamlitSession

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fluxlit_testing.running_server import RunningServer

APP = """
from fluxlit import FluxLit, Session
from fluxlit_auth import Basic

app = FluxLit()
app.protect(Basic(lambda name, password: password == "open"), public=["/"])


@app.page("/")
def home(st, session: Session):
    session["visits"] = session.get("visits", 0) + 1
    st.text(f"{session.user}: {session['visits']}")


@app.api.post("/users/{user}/end")
def end(user: str) -> int:
    return app.sessions.revoke_user(user)
"""


class Browser:
    """A browser with its cookies and, from some moment on, a user."""

    def __init__(self, server: RunningServer) -> None:
        self._server = server
        self._cookies: dict[str, str] = {}
        self._headers: dict[str, str] = {"accept": "text/html"}

    def logs_in(self, user: str) -> None:
        self._headers["Authorization"] = "Basic " + base64.b64encode(f"{user}:open".encode()).decode()

    def logs_out(self) -> None:
        del self._headers["Authorization"]

    def sees(self) -> list[str]:
        """What the page shows after it was loaded."""
        page = httpx2.get(self._server.base_url, headers=self._headers, cookies=self._cookies, trust_env=False)
        self._cookies |= dict(page.cookies.items())
        sent = {**self._headers, "Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        with StreamlitSession(self._server.ws_url, headers=sent) as tab:
            return tab.run().texts

    def revokes(self, user: str) -> int:
        url = f"{self._server.base_url}/api/users/{user}/end"
        headers = {**self._headers, "origin": self._server.base_url}
        answer = httpx2.post(url, headers=headers, trust_env=False)
        ended: int = answer.raise_for_status().json()
        return ended


def test_a_session_follows_its_user_and_ends_when_it_is_revoked(
    start_server: Callable[..., RunningServer], tmp_path: Path
) -> None:
    (tmp_path / "app.py").write_text(APP, encoding="utf-8")
    browser = Browser(start_server(cwd=tmp_path))

    assert browser.sees() == ["None: 1"]
    browser.logs_in("ada")
    assert browser.sees() == ["ada: 2"]
    assert browser.sees() == ["ada: 3"]
    browser.logs_out()
    browser.logs_in("bob")
    assert browser.sees() == ["bob: 1"]
    assert browser.revokes("bob") == 1
    assert browser.sees() == ["bob: 1"]
    browser.logs_out()
    assert browser.sees() == ["None: 1"]
    assert (tmp_path / ".fluxlit" / "sessions.db").exists()
