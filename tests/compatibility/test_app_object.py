"""`FluxLit` as documented: how it is made, what it has, where its addresses are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fastapi import Request

from fluxlit import ApiClient, FluxLit, FluxlitSettings, InMemorySessionStore, JWTBearer, NavigationModel, PageMeta
from fluxlit_testing import FluxLitTestClient

if TYPE_CHECKING:
    from pathlib import Path


def test_title_and_mount_of_the_settings_reach_the_api() -> None:
    app = FluxLit(title="Portal", fastapi_kwargs={"title": "other", "version": "7"})

    assert (app.title, app.api.title, app.api.version) == ("Portal", "Portal", "7")


def test_the_callers_settings_are_left_alone() -> None:
    settings = FluxlitSettings(title="Before")

    app = FluxLit(title="After", settings=settings, streamlit_page_config={"layout": "wide"})

    assert (settings.title, settings.streamlit_page_config) == ("Before", {})
    assert (app.settings.title, app.settings.streamlit_page_config) == ("After", {"layout": "wide"})


def test_run_arguments_follow_those_of_the_settings() -> None:
    settings = FluxlitSettings(streamlit_run_cli_args=["--theme.base", "dark"])

    app = FluxLit(settings=settings, streamlit_run_args=["--client.toolbarMode", "minimal"])

    assert app.settings.streamlit_run_cli_args == ["--theme.base", "dark", "--client.toolbarMode", "minimal"]


def test_debug_turns_on_what_helps() -> None:
    app = FluxLit(settings=FluxlitSettings(debug=True))

    assert app.settings.enable_gateway_access_log
    assert app.settings.enable_request_logging
    assert app.settings.log_level == "debug"
    assert FluxLit(settings=FluxlitSettings(debug=True, log_level="error")).settings.log_level == "error"


def test_import_targets_are_stripped() -> None:
    assert FluxLit(import_target=" app:app ").import_target == "app:app"
    assert FluxLit(import_target=" ").import_target is None


def test_pages_are_registered_with_titles_slugs_and_descriptions() -> None:
    app = FluxLit()

    @app.page("/", tags=["start"], icon=":material/home:")
    def welcome_here() -> None:
        """What a visitor sees first.

        More of it.
        """

    @app.page("/reports", title="All reports", page_meta=PageMeta(order=2))
    def reports() -> None: ...

    assert app.pages == [("/", "Welcome Here", welcome_here), ("/reports", "All reports", reports)]
    first, second = app.page_records
    assert (first.description, first.tags, first.icon) == ("What a visitor sees first.", ("start",), ":material/home:")
    assert second.page_meta == PageMeta(order=2)
    assert app.page_records is not app.page_records


@pytest.mark.parametrize("path", ["/", "home", "/home", ""])
def test_two_pages_with_one_address_are_refused(path: str) -> None:
    app = FluxLit()
    app.page("/")(lambda: None)

    with pytest.raises(ValueError, match=r"home|twice"):
        app.page(path)(lambda: None)


def test_a_page_that_asks_for_a_store_needs_one() -> None:
    from fluxlit import SessionStore

    def page(store: SessionStore) -> None: ...

    page.__annotations__["store"] = SessionStore
    FluxLit(session_store=InMemorySessionStore()).page("/")(page)
    with pytest.raises(ValueError, match="SessionStore"):
        FluxLit().page("/")(page)


def test_methods_that_configure_give_the_application_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "documented_portal"
    (package / "screens").mkdir(parents=True)
    for each in ("__init__.py", "screens/__init__.py"):
        (package / each).touch()
    (package / "screens" / "b.py").write_text("def register(app):\n    app.page('/b')(lambda: None)\n")
    (package / "screens" / "a.py").write_text("def register(app):\n    app.page('/a')(lambda: None)\n")
    (package / "screens" / "_hidden.py").write_text("raise SystemExit\n")
    monkeypatch.setattr("sys.path", [str(tmp_path), *__import__("sys").path])
    app = FluxLit()

    assert app.navigation(NavigationModel(order=("b", "a"))) is app
    assert app.discover_pages("screens", package="documented_portal") is app
    assert [path for path, _title, _fn in app.pages] == ["/a", "/b"]


def test_clients_and_bearers_come_from_the_application() -> None:
    settings = FluxlitSettings(jwt_issuer="me", jwt_audience="you", jwt_hs256_secret="s" * 32)

    assert isinstance(FluxLit().get_client(), ApiClient)
    assert isinstance(FluxLit(settings=settings).make_jwt_bearer(), JWTBearer)


@pytest.mark.parametrize(
    ("public", "mount", "base"),
    [
        ("", "", "http://testserver"),
        ("", "/apps/p/", "http://testserver/apps/p"),
        ("https://h.example", "/apps/p", "https://h.example/apps/p"),
        ("https://h.example/x/", "", "https://h.example/x"),
    ],
)
def test_public_addresses(public: str, mount: str, base: str) -> None:
    app = FluxLit(settings=FluxlitSettings(public_base_url=public, root_path=mount))
    asked: dict[str, object] = {}

    def where(request: Request) -> None:
        urls = app.urls
        asked.update(
            app=urls.app_base(request),
            api=urls.api_base(request),
            docs=urls.docs_url(request),
            health=urls.health_url(request),
            page=urls.for_page(request, "reports", query={"q": "a b"}),
            root=urls.for_page(request, "/"),
        )

    where.__annotations__["request"] = Request
    app.api.get("/where")(where)
    FluxLitTestClient.of(app).api_get("/where")

    assert asked == {
        "app": base,
        "api": f"{base}/api",
        "docs": f"{base}/api/docs",
        "health": f"{base}/api/healthz",
        "page": f"{base}/reports?q=a+b",
        "root": f"{base}/",
    }


def test_health_routes_are_there_and_not_in_the_document() -> None:
    client = FluxLitTestClient(FluxLit())

    assert client.api_get("/healthz").json() == {"status": "ok"}
    assert client.api.head("/api/healthz").status_code == 200
    assert client.openapi()["paths"] == {}


def test_documentation_is_found_at_the_root() -> None:
    answer = FluxLitTestClient(FluxLit()).api.get("/docs", follow_redirects=False)

    assert (answer.status_code, answer.headers["location"]) == (307, "/api/docs")
