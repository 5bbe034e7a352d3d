"""Injection into pages, strict signatures, and the small modules of 0.13.2 around them."""

from __future__ import annotations

import json
from typing import Annotated, Any

import pytest

from fluxlit import Depends, FluxLit, FluxlitSettings, Header, NavigationModel, match_nav_page
from fluxlit.config import FluxlitSettings as SameSettings
from fluxlit.config import ProjectConfig, load_project_config, resolve_binding, resolve_target
from fluxlit.gateway.forward_headers import (
    normalize_gateway_forward_header_allowlist,
    rejected_gateway_forward_header_allowlist,
)
from fluxlit.gateway.header_filter import filter_request_headers
from fluxlit.logging import get_request_id, new_request_id, reset_request_id, set_request_id
from fluxlit.pages.di import (
    env_page_overrides,
    reset_page_cookie_context,
    reset_page_header_context,
    resolve_page_kwargs,
    set_page_cookie_context,
    set_page_header_context,
)
from fluxlit.pages.flags import FluxlitFeatureFlags
from fluxlit.streamlit import build_set_page_config_kwargs
from fluxlit.streamlit.nav_order import navigation_sort_key


def no_parameters(*args: Any) -> None: ...
def bare_depends(st: Any, x: Annotated[str, Depends()]) -> None: ...
def without_annotation(st, x) -> None: ...  # pyright: ignore[reportMissingParameterType, reportUnknownParameterType] # noqa: ANN001 - the point
def unknown_type(st: Any, x: complex) -> None: ...


HANDLERS: list[Any] = [no_parameters, bare_depends, without_annotation, unknown_type]


@pytest.mark.parametrize("handler", HANDLERS)
def test_a_strict_application_refuses_what_it_cannot_fill(handler: Any) -> None:
    app = FluxLit(settings=FluxlitSettings(strict_page_signatures=True))

    with pytest.raises(TypeError):
        app.page("/")(handler)
    FluxLit().page("/")(handler)


def test_headers_and_cookies_of_a_context_reach_a_page_by_their_names() -> None:
    def page(user: Annotated[str | None, Header("X-User")] = None) -> None: ...

    page.__annotations__["user"] = Annotated[str | None, Header("X-User")]
    headers = set_page_header_context({"x-user": "Ada"})
    cookies = set_page_cookie_context({"theme": "dark"})
    app = FluxLit()

    found = resolve_page_kwargs(page, st=object(), client=app.get_client(), app=app)
    reset_page_cookie_context(cookies)
    reset_page_header_context(headers)

    assert dict(found)["user"] == "Ada"


@pytest.mark.parametrize(("written", "read"), [('{"a": 1}', {"a": 1}), ("[1]", {}), ("nonsense", {}), ("", {})])
def test_overrides_of_the_environment_are_an_object_or_nothing(
    written: str, read: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLUXLIT_TEST_PAGE_OVERRIDES", written)

    assert dict(env_page_overrides()) == read


@pytest.mark.parametrize(("written", "is_on"), [("1", True), ("TRUE", True), ("on", True), ("0", False), ("", False)])
def test_flags_come_from_the_environment(written: str, is_on: bool, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: FBT001 - a case
    monkeypatch.setenv("FLUXLIT_EXPERIMENTAL_YIELD_PAGES", written)

    assert FluxlitFeatureFlags.from_environ().experimental_yield_pages is is_on


def test_page_config_keeps_the_documented_options() -> None:
    given: dict[str, Any] = {
        "page_icon": "x",
        "layout": None,
        "menu_items": {},
        "initial_sidebar_state": "",
        "other": 1,
    }

    found = build_set_page_config_kwargs(settings_title="Portal", streamlit_page_config=given)

    assert found == {"page_title": "Portal", "page_icon": "x", "menu_items": {}}


def test_titles_are_looked_at_before_paths_and_paths_before_slugs() -> None:
    pages = [("/reports", "Start"), ("/other", "reports")]

    assert match_nav_page({"page": "reports"}, pages) == ("/other", "reports")
    assert match_nav_page({"page": "/reports"}, pages) == ("/reports", "Start")
    assert match_nav_page({"page": "Reports"}, pages) is None
    assert match_nav_page({"p": "/other/"}, pages, page_key="p") == ("/other", "reports")


def test_listed_pages_come_first_and_the_others_by_slug() -> None:
    app = FluxLit()
    for path in ("/c", "/b", "/a"):
        app.page(path)(lambda: None)
    model = NavigationModel(order=("b",))

    ordered = sorted(app.page_records, key=lambda record: navigation_sort_key(model, record))

    assert [record.path for record in ordered] == ["/b", "/a", "/c"]


def test_project_files_are_read_as_documented(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_project_config() is None
    (tmp_path / "pyproject.toml").write_text('[tool.fluxlit]\ntarget = "other:app"\ngateway_port = "18123"\n')
    found = load_project_config()
    assert found is not None
    assert (found.target, found.gateway_port) == ("other:app", 18123)
    (tmp_path / "fluxlit.toml").write_text('target = "file:app"\n')
    found = load_project_config(tmp_path)
    assert found == ProjectConfig(target="file:app")
    assert resolve_target(None, found) == "file:app"
    assert resolve_target("given:app", found) == "given:app"
    assert resolve_target(None, None) == "app:app"


def test_bindings_take_the_command_line_first() -> None:
    project = ProjectConfig(gateway_host="0.0.0.0", gateway_port=1)
    own = {"settings_gateway_host": "h", "settings_gateway_port": 2, "settings_log_level": "info"}

    found = resolve_binding(cli_host="::1", cli_port=9, cli_log_level=None, pc=project, **own)  # pyright: ignore[reportArgumentType] - by name

    assert found == ("::1", 9, "info")
    assert SameSettings is FluxlitSettings


def test_allowlists_drop_what_is_no_name_and_reject_credentials() -> None:
    given = ["X-Team", "x-team", "no name", "Authorization", "host"]

    assert list(normalize_gateway_forward_header_allowlist(given)) == ["x-team"]
    assert list(rejected_gateway_forward_header_allowlist(given)) == ["authorization", "host"]


def test_headers_of_one_hop_do_not_cross() -> None:
    raw = [(b"connection", b"close"), (b"te", b"trailers"), (b"accept", b"a"), (b"cookie", b"c=1"), (b"cookie", b"d=2")]

    kept = json.dumps([[str(name), str(value)] for name, value in filter_request_headers(raw)]).lower()

    assert "accept" in kept
    assert kept.count("cookie") == 2
    assert "connection" not in kept
    assert "trailers" not in kept


def test_a_request_id_is_of_the_context() -> None:
    token = set_request_id("mine")
    assert get_request_id() == "mine"
    reset_request_id(token)

    assert get_request_id() != "mine"
    assert len(new_request_id()) == 36
