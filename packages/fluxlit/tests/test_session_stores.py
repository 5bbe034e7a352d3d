"""Which session store an application has, and when it is opened and closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from fluxlit import FluxLit, FluxlitSettings
from fluxlit.errors import ConfigurationError
from fluxlit.session_stores import require_one_state, require_usable
from fluxlit.wiring import streamlit_sidecar
from fluxlit_sessions import AtomicSessionStore, DeferredSessionStore, InMemorySessionStore, Session, SessionStore

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def app_with(store: str) -> FluxLit:
    return FluxLit(settings=FluxlitSettings.model_validate({"session_store": store}))


def test_the_setting_opens_a_store_when_it_is_first_used(tmp_path: Path) -> None:
    app = app_with("sqlite:///state.db")
    assert not (tmp_path / "state.db").exists()

    assert isinstance(app.session_store, AtomicSessionStore)
    app.session_store.set("a", {"n": 1})
    session = app.sessions.create()
    session["n"] = 2
    session.save()

    assert (tmp_path / "state.db").exists()
    app.close_session_store()
    again = app_with("sqlite:///state.db")
    assert again.session_store is not None
    assert again.session_store.get("a") == {"n": 1}
    found = again.sessions.open(session.token)
    assert found is not None
    assert dict(found) == {"n": 2}
    again.close_session_store()


def test_the_given_store_wins_over_the_setting_and_stays_open() -> None:
    given = InMemorySessionStore()
    app = FluxLit(settings=FluxlitSettings.model_validate({"session_store": "sqlite:///x.db"}), session_store=given)

    app.close_session_store()

    assert app.session_store is given
    assert app.sessions.store is given
    given.set("a", {})


def test_without_a_store_sessions_are_kept_beside_the_project_and_pages_get_none(tmp_path: Path) -> None:
    app = FluxLit()

    assert app.session_store is None
    session = app.sessions.create()
    app.close_session_store()

    assert (tmp_path / ".fluxlit" / "sessions.db").stat().st_mode & 0o077 == 0
    assert (tmp_path / ".fluxlit" / ".gitignore").read_text("utf-8") == "*\n"
    again = FluxLit()
    assert again.sessions.open(session.token) is not None
    again.close_session_store()


def test_a_closed_store_is_opened_anew_for_the_next_start() -> None:
    app = app_with("sqlite:///state.db")
    store: Any = app.session_store
    store.set("a", {"n": 1})
    app.close_session_store()

    assert store.get("a") == {"n": 1}
    app.close_session_store()
    assert isinstance(store, DeferredSessionStore)
    assert not store.is_open


def test_a_narrow_store_is_given_to_pages_and_refused_for_sessions() -> None:
    class Narrow:
        def get(self, sid: str) -> dict[str, Any] | None: ...
        def set(self, sid: str, data: Any, *, ttl_seconds: float | None = None) -> None: ...
        def delete(self, sid: str) -> None: ...

    app = FluxLit(session_store=Narrow())

    with pytest.raises(ConfigurationError, match="Narrow"):
        _ = app.sessions


@pytest.mark.parametrize("url", ["mysql://host/db", "sqlite://host/file.db", "redis://:hunter2@h:port/0"])
def test_a_bad_address_is_told_at_start_with_the_settings_name_and_no_password(url: str) -> None:
    app = app_with(url)

    with pytest.raises(ConfigurationError, match="FLUXLIT_SESSION_STORE") as raised:
        require_usable(app)

    assert "hunter2" not in str(raised.value)


def test_encryption_keys_of_the_settings_encrypt_the_store(tmp_path: Path) -> None:
    from cryptography.fernet import Fernet

    keys = Fernet.generate_key().decode()
    settings = FluxlitSettings.model_validate(
        {"session_store": "sqlite:///state.db", "session_encryption_keys": f"{keys}, "}
    )
    app = FluxLit(settings=settings)
    assert app.session_store is not None
    app.session_store.set("a", {"name": "visible"})
    assert app.session_store.get("a") == {"name": "visible"}
    app.close_session_store()

    assert b"visible" not in b"".join(path.read_bytes() for path in tmp_path.glob("state.db*"))


def test_sidecars_know_the_url_parameter_of_the_project_file(tmp_path: Path) -> None:
    (tmp_path / "fluxlit.toml").write_text('url_session_query_param = "visit"\n', encoding="utf-8")

    spec = streamlit_sidecar(FluxlitSettings(), target="app:app", api_base="http+unix://x/api")

    assert spec.env["FLUXLIT_URL_SESSION_QUERY_PARAM"] == "visit"


def page_with_session(session: Session) -> None:
    assert session is not None


def page_with_store(store: SessionStore) -> None:
    assert store is not None


@pytest.mark.parametrize("store", ["memory://", InMemorySessionStore()])
def test_memory_is_one_state_in_one_process_and_refused_for_sidecars(store: str | InMemorySessionStore) -> None:
    app = app_with(store) if isinstance(store, str) else FluxLit(session_store=store)
    app.page("/")(page_with_session)

    require_one_state(app, shares_processes=False)
    with pytest.raises(ConfigurationError, match="FLUXLIT_RUNTIME=native"):
        require_one_state(app, shares_processes=True)


def test_a_page_that_takes_a_store_in_memory_is_told_what_it_gets(caplog: pytest.LogCaptureFixture) -> None:
    app = FluxLit(session_store=InMemorySessionStore())
    app.page("/")(page_with_store)

    require_one_state(app, shares_processes=True)

    assert "each sidecar has its own" in caplog.text


def test_a_store_that_processes_share_is_served_in_silence(caplog: pytest.LogCaptureFixture) -> None:
    app = app_with("sqlite:///state.db")
    app.page("/")(page_with_session)

    require_one_state(app, shares_processes=True)

    assert not caplog.records
    app.close_session_store()


def test_a_folder_that_cannot_be_written_is_told_at_start_if_pages_need_sessions(tmp_path: Path) -> None:
    (tmp_path / ".fluxlit").write_text("a file in its place", encoding="utf-8")
    app = FluxLit()

    require_usable(app)
    app.page("/")(page_with_session)
    with pytest.raises(ConfigurationError, match="FLUXLIT_SESSION_STORE"):
        require_usable(app)
