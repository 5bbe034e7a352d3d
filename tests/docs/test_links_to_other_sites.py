"""The check of links to other sites tells what is gone from what cannot be reached."""

from __future__ import annotations

import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

if TYPE_CHECKING:
    from pathlib import Path


class Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(int(self.path.strip("/")))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's own name
        """Say nothing: a request is no news."""


@pytest.mark.parametrize(("status", "stays"), [(200, True), (403, True), (404, False), (410, False), (503, True)])
def test_only_what_a_site_says_is_gone_is_gone(status: int, stays: bool, script: Any) -> None:  # noqa: FBT001 - a case
    with HTTPServer(("127.0.0.1", 0), Answers) as server, httpx2.Client(trust_env=False) as client:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        found, _ = script("check_links").verdict(f"http://127.0.0.1:{server.server_port}/{status}", client)
        thread.join(30)

    assert found is stays


def test_what_cannot_be_reached_says_nothing(script: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    with httpx2.Client(trust_env=False) as client:
        stays, said = script("check_links").verdict(f"http://127.0.0.1:{port}/", client)

    assert stays
    assert said.startswith("not reached: ")


def test_links_are_found_and_examples_names_are_not_asked_for(script: Any, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(
        "[a](https://fastapi.tiangolo.com/x#part) <https://portal.example.org> http://127.0.0.1:8000 [b](docs/b.md)\n"
        "```sh\ncurl https://code.streamlit.io\n```\n"
    )

    assert script("check_links").external_links(tmp_path) == {"https://fastapi.tiangolo.com/x": ["README.md"]}
