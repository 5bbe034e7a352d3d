"""The same id in the line of the gateway, the API, the sidecar and the page; and errors told to one hook."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from fluxlit_testing.streamlit_session import StreamlitSession

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxlit_testing.running_server import RunningServer


@pytest.fixture(scope="module")
def server(serve: Callable[..., RunningServer]) -> RunningServer:
    return serve(
        arguments=("--log-format", "json"),
        FLUXLIT_ENABLE_GATEWAY_ACCESS_LOG="1",
        FLUXLIT_ENABLE_REQUEST_LOGGING="1",
    )


def lines(server: RunningServer, *, last: str) -> list[dict[str, Any]]:
    """Every log line so far, once one with this text is among them."""
    server.output.wait_for(re.escape(last), timeout=60)
    return [json.loads(line) for line in server.output.text.splitlines() if line.startswith('{"time"')]


def test_a_run_of_a_page_leaves_one_id_in_every_log(server: RunningServer) -> None:
    with StreamlitSession(server.ws_url, headers={"X-Request-ID": "tab-1"}) as tab:
        first = tab.run()
        tab.click(first.widget_id("Again"))
    found = [line for line in lines(server, last="(streamlit, request tab-1") if line.get("request_id") == "tab-1"]
    by_source = {(line["logger"], line.get("source", "")) for line in found}
    # The page, stdlib and structlog, in the sidecar; the endpoint that it called; the API's line; the gateway's.
    assert {("fluxlit.sidecar", "shop"), ("shop", ""), ("fluxlit.api", ""), ("fluxlit.gateway", "")} <= by_source
    messages = [line["message"] for line in found]
    assert sum("home is drawn" in message for message in messages) == 2
    assert sum("item 1 is wanted" in message for message in messages) == 2
    (structured, *_) = [line for line in found if "home, structured" in line["message"]]
    assert structured["api_key"] == "<redacted>"
    assert structured["sidecar"].startswith("s1-")
    assert structured["session_id"]
    assert "zq123" not in server.output.text
    # A thread that has nothing to do with a run is not given somebody's id.
    strangers = [line for line in lines(server, last="from a thread of nobody") if "of nobody" in line["message"]]
    assert all("request_id" not in line for line in strangers)


def test_the_id_is_the_browsers_if_well_formed_and_comes_back(server: RunningServer) -> None:
    with httpx2.Client(base_url=server.base_url, trust_env=False) as client:
        assert client.get("/api/items/1", headers={"x-request-id": "mine"}).headers["x-request-id"] == "mine"
        made = client.get("/", headers={"x-request-id": 'no "good"'}).headers["x-request-id"]
        assert re.fullmatch(r"[0-9a-f-]{36}", made)


def test_an_error_page_of_the_gateway_names_the_request(server: RunningServer) -> None:
    answer = httpx2.get(f"{server.base_url}/x\\..\\y", headers={"x-request-id": "r-2"}, trust_env=False)
    assert (answer.status_code, answer.json()["request_id"]) == (400, "r-2")


def test_secrets_of_a_query_are_in_no_line(server: RunningServer) -> None:
    query = "auth_code=zq901&token=zq902&next=%2Fx%3Fapi_key%3Dzq903&a=1"
    httpx2.get(f"{server.base_url}/api/items/7?{query}", trust_env=False).raise_for_status()
    found = [line for line in lines(server, last="GET /api/items/7?") if line["logger"] == "fluxlit.gateway"]
    assert "a=1" in found[-1]["query"]
    assert "zq90" not in server.output.text


def test_exceptions_of_routes_and_pages_reach_the_hook_and_the_log_under_one_id(server: RunningServer) -> None:
    # uvicorn closes the connection of a request that raised.
    answer = httpx2.get(f"{server.base_url}/api/broken", headers={"x-request-id": "bad-route"}, trust_env=False)
    assert (answer.status_code, answer.headers["x-request-id"]) == (500, "bad-route")
    assert httpx2.get(f"{server.base_url}/api/refused", trust_env=False).status_code == 418
    with StreamlitSession(server.ws_url, headers={"X-Request-ID": "bad-page"}) as tab:
        shown = tab.run(page="failing").texts
    assert any("bad-page" in text for text in shown)
    assert not any("torn" in text for text in shown)
    found = lines(server, last="reported page /failing")
    told = {line["reported_id"]: line["message"] for line in found if "reported_id" in line}
    assert "reported route /api/broken: the shelf fell down" in told["bad-route"]
    assert "reported page /failing: the page is torn" in told["bad-page"]
    assert not any("/api/refused" in message for message in told.values())
    tracebacks = {line.get("request_id"): line["exception"] for line in found if "exception" in line}
    assert "the shelf fell down" in tracebacks["bad-route"]
    assert "the page is torn" in tracebacks["bad-page"]
