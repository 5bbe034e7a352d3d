"""What the guide shows for Sentry's SDK: each error arrives once, with what FluxLit knows of it."""

from __future__ import annotations

import contextlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from markdown_it import MarkdownIt

from fluxlit_testing.streamlit_session import StreamlitSession

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fluxlit_testing.running_server import RunningServer

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "observability.md"
PATIENCE = 60.0
BROKEN = """

@app.api.get("/broken")
def broken() -> None:
    raise RuntimeError("the shelf fell down")


@app.page("/")
def torn(st):
    raise ValueError("the page is torn")
"""


class Sentry:
    """What a Sentry has been sent: the events with an exception."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.arrived = threading.Condition()
        self.dsn = ""

    def take(self, envelope: bytes) -> None:
        with self.arrived:
            for line in envelope.splitlines():
                # Of the items' payloads, some are no JSON.
                with contextlib.suppress(ValueError):
                    item = json.loads(line)
                    self.events += [item] if isinstance(item, dict) and "exception" in item else []
            self.arrived.notify_all()


@pytest.fixture
def sentry() -> Iterator[Sentry]:
    """A receiver of Sentry's envelopes."""
    found = Sentry()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            # An answer undoes whichever coding the SDK has chosen.
            coding = {"content-encoding": self.headers.get("content-encoding", "identity")}
            found.take(httpx2.Response(200, headers=coding, content=body).content)
            self.send_response(200)
            self.send_header("content-length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's own name
            del format, args

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        found.dsn = f"http://key@127.0.0.1:{server.server_address[1]}/1"
        yield found
        server.shutdown()
        thread.join()


def shown_in_the_guide() -> str:
    (block,) = [
        token.content
        for token in MarkdownIt().parse(GUIDE.read_text("utf-8"))
        if token.type == "fence" and "sentry_sdk.init(" in token.content
    ]
    return block


def test_errors_of_routes_and_pages_arrive_once_with_their_request(
    serve: Callable[..., RunningServer], sentry: Sentry, tmp_path: Path
) -> None:
    (tmp_path / "told.py").write_text(shown_in_the_guide() + BROKEN)
    server = serve("told:app", cwd=tmp_path, FLUXLIT_RUNTIME="native", SENTRY_DSN=sentry.dsn)

    answer = httpx2.get(f"{server.base_url}/api/broken", headers={"x-request-id": "bad-route"}, trust_env=False)
    assert answer.status_code == 500
    with StreamlitSession(server.ws_url, headers={"X-Request-ID": "bad-page"}) as tab:
        tab.run()
    # What else it wants to say, it says before it ends.
    server.stop()

    with sentry.arrived:
        assert sentry.arrived.wait_for(lambda: len(sentry.events) >= 2, timeout=PATIENCE)
    told = sorted(
        (event["exception"]["values"][0]["value"], event["transaction"], event["tags"]["fluxlit.kind"])
        for event in sentry.events
    )
    assert told == [("the page is torn", "/", "page"), ("the shelf fell down", "/api/broken", "route")]
    assert {event["tags"]["request_id"] for event in sentry.events} == {"bad-route", "bad-page"}
