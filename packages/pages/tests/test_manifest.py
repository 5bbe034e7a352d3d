# ruff: noqa: B008 - markers as defaults are what is tested
import json
from typing import Annotated, Any

from fluxlit_pages import Depends, Header, PageMeta, build_page_manifest, validate_fluxlit_pages
from fluxlit_pages.manifest import MANIFEST_V1_PAGE_ALLOWED_KEYS, MANIFEST_V1_ROOT_KEYS


def provider() -> int:
    return 1


def test_a_manifest_describes_pages_in_order_of_registration(app: Any) -> None:
    @app.page("/b", tags=["x"], icon="🏠", page_meta=PageMeta(children=[{"path": "/a"}]))
    def page(
        st: Any, number: Annotated[int, Depends(provider)], limit: int = 1, other: Any = Depends(provider)
    ) -> None:
        """First line."""

    @app.page("/a")
    def plain(st, client): ...  # noqa: ANN001, ANN202 - a page without annotations is what is tested  # pyright: ignore[reportMissingParameterType, reportUnknownParameterType] - as before

    manifest = build_page_manifest(app, version=3)
    assert manifest.keys() == MANIFEST_V1_ROOT_KEYS
    assert (manifest["manifest_version"], manifest["manifest_stability"], manifest["title"]) == (
        3,
        "stable",
        "Test application",
    )
    first, second = manifest["pages"]
    assert first.keys() == MANIFEST_V1_PAGE_ALLOWED_KEYS
    assert second.keys() == MANIFEST_V1_PAGE_ALLOWED_KEYS - {"children"}
    assert (first["path"], first["tags"], first["icon"], first["description"]) == ("/b", ["x"], "🏠", "First line.")
    assert first["dependencies"] == [f"{provider.__module__}.provider"] * 2
    assert first["parameters"][2] == {"name": "limit", "annotation": "<class 'int'>"}
    assert second["parameters"][0] == {"name": "st", "annotation": "<class 'inspect._empty'>"}
    assert first["children"] == [{"path": "/a"}]


def test_a_manifest_is_the_same_in_every_process(app: Any) -> None:
    @app.page("/")
    def page(number: Annotated[int, Depends(provider)], user: Annotated[str, Header("x-user")]) -> None: ...

    assert " at 0x" not in json.dumps(build_page_manifest(app))


def test_a_sound_application_has_no_problems(app: Any) -> None:
    app.page("/")(lambda: None)
    assert validate_fluxlit_pages(app, strict_signatures=True) == []


def test_signatures_are_looked_at_when_asked_for(make_app: Any) -> None:
    app = make_app()

    def page(extra: Any) -> None: ...

    app.page("/")(page)
    assert validate_fluxlit_pages(app) == []
    assert validate_fluxlit_pages(app, strict_signatures=False) == []
    (problem,) = validate_fluxlit_pages(app, strict_signatures=True)
    assert "'extra'" in problem
    app.settings.strict_page_signatures = True
    assert len(validate_fluxlit_pages(app)) == 1


def test_every_problem_is_found(app: Any) -> None:
    registry = app.page_registry
    registry.page("/a")(lambda: None)
    registry.page("/b", page_meta=PageMeta(children=[{"path": "/ghost", "extra": object()}]))(lambda: None)
    for number, path in enumerate(("/b", "b/", "/x/y")):
        registry.page(f"/c{number}")(lambda: None)
        registry._records[-1].path = path
    problems = validate_fluxlit_pages(app, strict_signatures=True)
    for text in ("registered twice", "lead to 'b' both", "more than one segment", "'ghost'", "not JSON"):
        assert any(text in problem for problem in problems), text
