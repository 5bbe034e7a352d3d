"""Pages of an application made in a function: run, clicked, navigated, each with the API in the same process."""

import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fastapi import Request
from streamlit.testing.v1 import AppTest

from fluxlit import ApiClient, FluxLit, FluxlitSettings
from fluxlit_client import AsyncApiClient
from fluxlit_pages.menu.page_links import PageLinks
from fluxlit_sessions import Session
from fluxlit_testing import FluxLitTestClient
from fluxlit_testing.errors import UnknownPageError

if TYPE_CHECKING:
    from conftest import Shop


def test_a_page_has_run_and_has_asked_its_api(shop: "Shop") -> None:
    at = FluxLitTestClient(shop.app).page()

    assert isinstance(at, AppTest)
    assert at.title[0].value == "bread"
    assert at.text[0].value == "API: bread of None"


def test_lifespan_is_run_on_request_and_shared_by_api_and_pages(shop: "Shop") -> None:
    with FluxLitTestClient(shop.app) as client:
        assert client.api_get("/stock").json()["database"] == "warehouse"
        assert client.page().text[0].value == "API: bread of warehouse"
        with client.api as api:
            assert api.get("/api/stock").status_code == 200
        assert shop.lifespan == ["start"]

    assert shop.lifespan == ["start", "stop"]
    assert client.page().text[0].value == "API: bread of None"


def test_a_client_is_entered_once(shop: "Shop") -> None:
    with FluxLitTestClient(shop.app) as client, pytest.raises(RuntimeError, match="entered already"):
        client.__enter__()


def test_a_deep_link_opens_its_page_with_its_query(shop: "Shop") -> None:
    at = FluxLitTestClient(shop.app).page("/basket", query={"by": "3"}, session={"amount": 4})

    at.button[0].click().run()

    assert at.text[0].value == "7 loaves"
    assert at.query_params["by"] == "3"


def test_going_to_another_page_keeps_the_session_and_drops_the_query(shop: "Shop") -> None:
    at = FluxLitTestClient(shop.app).page("/basket", query={"by": "2"})
    at.button[0].click().run()

    at.open("/")
    assert at.page is not None
    assert at.page.path == "/"

    at.open("/basket")
    assert at.text[0].value == "2 loaves"
    assert not at.query_params


def test_a_link_of_the_page_is_followed_and_stayed_on() -> None:
    app = FluxLit()

    @app.page("/")
    def home(st: Any, links: PageLinks) -> None:
        if st.button("On"):
            links.switch("/target")

    @app.page("/target")
    def target(st: Any) -> None:
        st.title("Arrived")
        st.text("again" if st.button("Again") else "once")

    at = FluxLitTestClient(app).page()
    at.button[0].click().run()
    assert at.title[0].value == "Arrived"

    at.button[0].click().run()
    assert at.text[0].value == "again"


def test_headers_and_cookies_are_those_of_the_visitor() -> None:
    app = FluxLit()

    @app.page("/")
    def home(st: Any) -> None:
        st.text(f"{st.context.headers['X-Tenant']} {st.context.cookies['theme']} {st.context.headers['Host']}")

    at = FluxLitTestClient(app).page(headers={"X-Tenant": "acme"}, cookies={"theme": "dark"})

    assert at.text[0].value == "acme dark testserver"


def test_an_asynchronous_page_streams_from_its_api(shop: "Shop") -> None:
    @shop.app.page("/async")
    async def overview(st: Any) -> None:
        async with AsyncApiClient().stream("GET", "/stock") as answer:
            st.text("".join([part async for part in answer.aiter_text()]))

    at = FluxLitTestClient(shop.app).page("/async")

    assert at.text[0].value == '{"goods":["bread"],"database":null}'


def test_the_api_prefix_and_the_mount_may_be_others() -> None:
    app = FluxLit(settings=FluxlitSettings(api_mount_path="/v1", root_path="/apps/sales"))

    @app.api.get("/where")
    def where(request: Request) -> str:
        return request.url.path

    @app.page("/")
    def home(st: Any, client: ApiClient) -> None:
        st.text(client.get("/where").json())

    client = FluxLitTestClient.of(app)

    assert client.api_get("/where").json() == "/apps/sales/v1/where"
    assert client.page().text[0].value == "/v1/where"


def test_pages_of_two_applications_do_not_mix() -> None:
    def application(answer: str) -> FluxLit:
        app = FluxLit()
        app.api.get("/name")(lambda: answer)

        @app.page("/")
        def home(st: Any, client: ApiClient) -> None:
            st.text(client.get("/name").json())

        return app

    one, other = (FluxLitTestClient(application(name)).page() for name in ("one", "other"))
    one.run()
    other.run()

    assert [at.text[0].value for at in (one, other)] == ["one", "other"]


def test_pages_can_be_tested_from_several_threads(shop: "Shop") -> None:
    client = FluxLitTestClient(shop.app)
    shown: list[str] = []
    threads = [threading.Thread(target=lambda: shown.append(client.page().title[0].value)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert shown == ["bread"] * 3


def test_the_environment_is_as_before(shop: "Shop") -> None:
    client = FluxLitTestClient(shop.app)
    client.page()
    before = dict(os.environ)

    client.page()

    assert dict(os.environ) == before


async def test_pages_run_in_asynchronous_tests_too(shop: "Shop") -> None:
    assert FluxLitTestClient(shop.app).page().text[0].value == "API: bread of None"


def test_an_unknown_page_is_named_with_those_that_there_are(shop: "Shop") -> None:
    with pytest.raises(UnknownPageError, match=r"no page '/tills'.*'/basket'"):
        FluxLitTestClient(shop.app).page("/tills")


def test_limits_count_over_the_calls_of_one_lifespan() -> None:
    app = FluxLit()
    app.api.get("/users")(lambda: "Ada")
    app.limit("2/minute", by="ip")

    with FluxLitTestClient(app) as client:
        assert [client.api_get("/users").status_code for _ in range(3)] == [200, 200, 429]


def test_sessions_of_a_page_test_are_in_memory_and_end_with_the_client(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app = FluxLit()

    @app.page("/")
    def home(st: Any, session: Session) -> None:
        session["visits"] = session.get("visits", 0) + 1
        st.text(str(session["visits"]))

    with FluxLitTestClient(app) as client:
        visit = client.page()
        assert visit.run().text[0].value == "2"
        assert list(app.sessions.store.iterate("session:"))

    assert not list(app.sessions.store.iterate())
    assert not list(tmp_path.iterdir())


def test_a_configured_store_is_used_by_page_tests_too(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'state.db'}"
    app = FluxLit(settings=FluxlitSettings.model_validate({"session_store": url}))

    @app.page("/")
    def home(session: Session) -> None:
        session["seen"] = True

    with FluxLitTestClient(app) as client:
        client.page()

    assert (tmp_path / "state.db").exists()
