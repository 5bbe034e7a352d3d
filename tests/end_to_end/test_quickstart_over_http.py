"""The quick start, as a program sees it: API, documentation, probes, pages and socket on one port."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from websockets.exceptions import InvalidStatus

from fluxlit_testing.streamlit_session import StreamlitSession

if TYPE_CHECKING:
    from httpx2 import Client

    from fluxlit_testing.running_server import RunningServer


FASTAPI_NOT_FOUND = '{"detail":"Not Found"}'


def test_the_route_answers_below_the_prefix(http: Client) -> None:
    answer = http.get("/api/users")

    assert answer.status_code == 200
    assert answer.json() == [{"name": "Ada"}]


def test_the_documentation_calls_the_api_where_it_is(http: Client) -> None:
    page = http.get("/api/docs")
    schema = http.get("/api/openapi.json").json()

    assert "/api/openapi.json" in page.text
    assert schema["info"]["title"] == "Admin Portal"
    assert schema["servers"] == [{"url": "/api"}]
    assert set(schema["paths"]) == {"/users"}


@pytest.mark.parametrize("probe", ["healthz", "readyz"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_probes_answer_once_the_ui_is_ready(http: Client, method: str, probe: str) -> None:
    assert http.request(method, f"/api/{probe}").status_code == 200


@pytest.mark.parametrize("path", ["/apix", "//api/users", "/API/users"])
def test_nothing_but_the_prefix_is_the_api(http: Client, path: str) -> None:
    answer = http.get(httpx_url(http, path))

    assert "Ada" not in answer.text
    assert answer.text != FASTAPI_NOT_FOUND


def httpx_url(client: Client, path: str) -> str:
    # An absolute URL: the client would join "//api" to its base as another host.
    return str(client.base_url).rstrip("/") + path


def test_a_page_is_streamlits(http: Client) -> None:
    answer = http.get("/", headers={"accept": "text/html"})

    assert answer.status_code == 200
    assert "<title>" in answer.text
    assert answer.headers["content-type"].startswith("text/html")


def test_a_run_over_the_socket_shows_what_the_route_said(quickstart: RunningServer) -> None:
    with StreamlitSession(quickstart.ws_url) as tab:
        first = tab.run()
        assert "Dashboard" in first.texts
        kinds = {message.delta.new_element.WhichOneof("type") for message in first.messages}
        assert kinds & {"dataframe", "arrow_data_frame"}, "the table, by its newer or older name"

        second = tab.click(first.widget_id("Refresh"))

    assert "Refreshed" in second.texts


def test_a_socket_from_another_site_is_refused(quickstart: RunningServer) -> None:
    with pytest.raises(InvalidStatus) as refused:
        StreamlitSession(quickstart.ws_url, origin="http://evil.example")

    assert refused.value.response.status_code == 403
