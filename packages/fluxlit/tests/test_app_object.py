"""`FluxLit(...)`: what its arguments do, and that it changes nothing that is not its own."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from fluxlit import FluxLit, FluxlitSettings
from fluxlit.errors import ConfigurationError


def test_the_callers_settings_stay_as_they_are() -> None:
    settings = FluxlitSettings(title="Before", debug=True)

    app = FluxLit(title="After", settings=settings, streamlit_page_config={"layout": "wide"})

    assert (app.title, app.settings.streamlit_page_config) == ("After", {"layout": "wide"})
    assert (settings.title, settings.streamlit_page_config) == ("Before", {})


def test_debug_switches_logging_on_and_leaves_a_chosen_level() -> None:
    chatty = FluxLit(settings=FluxlitSettings(debug=True)).settings
    chosen = FluxLit(settings=FluxlitSettings(debug=True, log_level="error")).settings

    assert (chatty.enable_gateway_access_log, chatty.enable_request_logging, chatty.log_level) == (True, True, "debug")
    assert chosen.log_level == "error"


def test_the_api_has_the_title_and_the_given_arguments() -> None:
    app = FluxLit(title="Portal", fastapi_kwargs={"version": "7", "title": "not this", "root_path": "/nor/this"})

    assert (app.api.title, app.api.version, app.api.root_path) == ("Portal", "7", "")


def test_an_existing_api_is_served_as_it_is() -> None:
    api = FastAPI(title="Theirs")

    assert FluxLit(api=api).api is api


def test_an_existing_api_takes_no_arguments_for_a_new_one() -> None:
    with pytest.raises(ConfigurationError, match="fastapi_kwargs"):
        FluxLit(api=FastAPI(), fastapi_kwargs={"version": "7"})


def test_pages_are_listed_in_the_order_of_registration() -> None:
    app = FluxLit()

    @app.page("/reports", title="All reports")
    def reports() -> None: ...

    @app.page("/")
    def front_page() -> None: ...

    assert app.pages == [("/reports", "All reports", reports), ("/", "Front Page", front_page)]
    assert [record.path for record in app.page_records] == ["/reports", "/"]


@pytest.fixture
def client() -> TestClient:
    """An application that no server has started: no lifespan, so no sidecars."""
    app = FluxLit()

    @app.api.get("/users")
    def users() -> list[str]:
        return ["Ada"]

    return TestClient(app)


def test_without_a_lifespan_the_api_answers(client: TestClient) -> None:
    assert client.get("/api/users").json() == ["Ada"]
    assert client.get("/api/healthz").status_code == 200


def test_without_a_lifespan_the_ui_says_that_it_is_not_there(client: TestClient) -> None:
    page = client.get("/")
    ready = client.get("/api/readyz")

    assert page.status_code == 503
    assert ready.status_code == 503
    assert "lifespan" in ready.text
