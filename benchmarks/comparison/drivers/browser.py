"""A first view in Chromium, with nothing in its cache: what came over the wire, and when the text showed."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playwright.sync_api import Browser

SHOWN_SECONDS = 60.0


@dataclass(frozen=True)
class Line:
    """A connection to the internet, as Chromium's developer tools imitate it.

    Attributes:
        bytes_per_second: Both ways.
        latency_ms: Added to each request.
    """

    bytes_per_second: int
    latency_ms: int


OFFICE_LINE = Line(10_000_000 // 8, 40)


@dataclass
class FirstView:
    """What one visit came to.

    Attributes:
        seconds: From the start of the navigation to the text being visible.
        requests: HTTP requests until nothing more was asked for, sockets included.
        bytes: Received over the wire until then, compressed as it came; messages of sockets included.
        all_bytes: The same, until nothing more was asked for (a data frame's grid comes after the text).
    """

    seconds: float = 0.0
    requests: int = 0
    bytes: int = 0
    all_bytes: int = 0


def visit(browser: Browser, url: str, text: str, *, line: Line | None = None) -> FirstView:
    """Open `url` as somebody who was never there, and wait until `text` is visible.

    Args:
        browser: Chromium, running.
        url: The page.
        text: Something that it shows last.
        line: A connection to imitate; None for the loopback as it is.
    """
    view = FirstView()
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    try:
        page = context.new_page()
        session: Any = context.new_cdp_session(page)
        session.send("Network.enable")
        _count(session, view)
        if line is not None:
            speed = {"downloadThroughput": line.bytes_per_second, "uploadThroughput": line.bytes_per_second}
            session.send("Network.emulateNetworkConditions", {"offline": False, "latency": line.latency_ms, **speed})
        begun = time.perf_counter()
        page.goto(url, wait_until="commit", timeout=SHOWN_SECONDS * 1000)
        page.get_by_text(text, exact=True).wait_for(state="visible", timeout=SHOWN_SECONDS * 1000)
        view.seconds, view.bytes = time.perf_counter() - begun, view.all_bytes
        page.wait_for_load_state("networkidle", timeout=SHOWN_SECONDS * 1000)
    finally:
        context.close()
    return view


def _count(session: Any, view: FirstView) -> None:
    def requested(_: object) -> None:
        view.requests += 1

    def received(event: Mapping[str, Any]) -> None:
        view.all_bytes += int(event.get("encodedDataLength", 0))

    def framed(event: Mapping[str, Any]) -> None:
        payload = cast("str", event["response"]["payloadData"])
        # A binary message is shown in base64.
        view.all_bytes += len(payload) * 3 // 4 if event["response"]["opcode"] == 2 else len(payload)

    session.on("Network.requestWillBeSent", requested)
    session.on("Network.webSocketCreated", requested)
    session.on("Network.loadingFinished", received)
    session.on("Network.webSocketFrameReceived", framed)
