from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
import streamlit as st
from streamlit import config
from streamlit.testing.v1 import AppTest

from fluxlit_pages.di import set_page_header_context
from fluxlit_pages.di.request_context import reset_page_header_context

if TYPE_CHECKING:
    from fluxlit_pages import PageFailure

Show = Callable[..., AppTest]


@pytest.fixture
def production() -> Iterator[None]:
    before = config.get_option("client.showErrorDetails")
    config.set_option("client.showErrorDetails", "none")
    yield
    config.set_option("client.showErrorDetails", before)


@pytest.fixture
def failing(app: Any) -> Any:
    @app.page("/")
    def home(st: Any) -> None:
        st.title("half")
        raise ValueError("secret value")

    return app


def test_in_development_streamlit_shows_the_error(failing: Any, show: Show, caplog: pytest.LogCaptureFixture) -> None:
    shown = show(failing)
    assert shown.exception[0].message == "secret value"
    (record,) = [record for record in caplog.records if record.name == "fluxlit.pages"]
    # Streamlit logs the traceback itself; a second one would only hide things.
    assert record.exc_info is None


@pytest.mark.usefixtures("production")
def test_in_production_the_visitor_gets_an_id_and_the_log_the_traceback(
    failing: Any, show: Show, caplog: pytest.LogCaptureFixture
) -> None:
    shown = show(failing)
    assert not shown.exception
    assert shown.title[0].value == "half"
    (record,) = [record for record in caplog.records if record.name == "fluxlit.pages"]
    request_id = vars(record)["request_id"]
    assert request_id in shown.error[0].value
    assert "secret" not in shown.error[0].value
    assert record.exc_info is not None
    assert "secret value" in str(record.exc_info[1])
    assert (vars(record)["page"], bool(vars(record)["session_id"])) == ("/", True)


@pytest.mark.usefixtures("production")
def test_the_id_is_the_one_that_the_gateway_gave_the_request(app: Any, show: Show) -> None:
    @app.page("/")
    def home() -> None:
        token = set_page_header_context({"X-Request-ID": "from-the-gateway"})

        @app.page_registry.on_page_error
        def reset(_failure: PageFailure) -> None:
            reset_page_header_context(token)

        raise ValueError

    assert "from-the-gateway" in show(app).error[0].value


@pytest.mark.usefixtures("production")
def test_a_hook_sees_the_failure_and_may_tell_the_visitor_itself(failing: Any, show: Show) -> None:
    seen: list[PageFailure] = []

    @failing.page_registry.on_page_error
    def tell(failure: PageFailure) -> bool:
        seen.append(failure)
        st.warning("We are on it.")
        return True

    shown = show(failing)
    assert [warning.value for warning in shown.warning] == ["We are on it."]
    assert not shown.error
    assert (seen[0].path, str(seen[0].error)) == ("/", "secret value")


@pytest.mark.usefixtures("production")
def test_a_hook_that_raises_is_logged_and_changes_nothing(
    failing: Any, show: Show, caplog: pytest.LogCaptureFixture
) -> None:
    @failing.page_registry.on_page_error
    def broken(_failure: PageFailure) -> None:
        raise KeyError("hook")

    assert len(show(failing).error) == 1
    assert any("on_page_error" in record.message for record in caplog.records)


@pytest.mark.usefixtures("production")
def test_an_application_that_cannot_be_loaded_is_a_page_error_too(
    app: Any, show: Show, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    shown = show(app)
    monkeypatch.setenv("FLUXLIT_APP", "no_such_module:app")
    assert "id" in shown.run().error[0].value
    assert any(record.levelno == logging.ERROR and record.exc_info for record in caplog.records)


def test_a_parameter_that_nobody_fills_is_an_error_of_the_page_that_names_it(app: Any, show: Show) -> None:
    @app.page("/")
    def home(st: Any, extra: complex) -> None: ...

    assert "'extra'" in show(app).exception[0].message


def test_stopping_and_rerunning_are_no_errors(app: Any, show: Show, caplog: pytest.LogCaptureFixture) -> None:
    @app.page("/")
    def home(st: Any) -> None:
        st.title("before")
        if "again" not in st.session_state:
            st.session_state["again"] = True
            st.rerun()
        st.stop()

    shown = show(app)
    assert [title.value for title in shown.title] == ["before"]
    assert not [record for record in caplog.records if record.name == "fluxlit.pages"]
