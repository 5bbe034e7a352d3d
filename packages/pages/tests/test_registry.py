from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fluxlit_pages import NavigationModel, PageMeta, PageRegistrationError, PageSignatureError, page_slug
from fluxlit_pages.errors import DuplicatePageError, NestedPagePathError, PageSlugClashError
from fluxlit_sessions import InMemorySessionStore, SessionStore


def a_page(st: Any) -> None:
    """Show something.

    More text.
    """


def another_page(st: Any) -> None: ...


def test_the_function_comes_back_unchanged_and_is_recorded(app: Any) -> None:
    assert app.page("/a", tags=["x", "y"], section="S", hidden=True)(a_page) is a_page
    (record,) = app.page_registry.records
    assert (record.path, record.title, record.fn) == ("/a", "A Page", a_page)
    assert (record.tags, record.description) == (("x", "y"), "Show something.")
    assert (record.section, record.hidden, record.slug) == ("S", True, "a")
    assert app.page_registry.pages == [("/a", "A Page", a_page)]


def test_titles_of_other_things_than_functions(app: Any) -> None:
    class Draws:
        def __call__(self, st: Any) -> None: ...

    app.page("/a")(lambda: None)
    app.page("/b")(Draws())
    assert [record.title for record in app.page_registry.records] == ["<Lambda>", "Page"]


@pytest.mark.parametrize(
    ("path", "slug"), [("/", "home"), ("", "home"), ("home", "home"), ("/home/", "home"), ("/a", "a"), ("b/", "b")]
)
def test_slugs(path: str, slug: str) -> None:
    assert page_slug(path) == slug


def test_a_path_registered_twice_names_both_places(app: Any) -> None:
    app.page("/a")(a_page)
    with pytest.raises(DuplicatePageError, match=r"'/a'.*test_registry\.py:\d+ and at .*test_registry\.py:\d+"):
        app.page("/a")(another_page)
    assert len(app.page_registry.records) == 1


@pytest.mark.parametrize(("first", "second"), [("/", "/home"), ("home", ""), ("/a", "a")])
def test_two_paths_to_one_address_are_refused(app: Any, first: str, second: str) -> None:
    app.page(first)(a_page)
    with pytest.raises(PageSlugClashError, match="same address"):
        app.page(second)(another_page)


def test_a_nested_path_is_refused_with_another_that_works(app: Any) -> None:
    with pytest.raises(NestedPagePathError, match=r"'/admin-users'.*section='Admin'"):
        app.page("/admin/users")(a_page)


def test_only_one_page_is_the_default(app: Any) -> None:
    app.page("/a", default=True)(a_page)
    with pytest.raises(PageRegistrationError, match=r"default=True"):
        app.page("/b", default=True)(another_page)


@pytest.mark.parametrize("icon", ["home", ":material/Not Valid:", ":house:", "x"])
def test_an_icon_that_streamlit_would_choke_on_is_refused(app: Any, icon: str) -> None:
    with pytest.raises(PageRegistrationError, match="emoji"):
        app.page("/a", icon=icon)(a_page)
    with pytest.raises(PageRegistrationError, match="emoji"):
        app.page("/a", page_meta=PageMeta(page_icon=icon))(a_page)


@pytest.mark.parametrize("icon", ["🏠", ":material/home:", "spinner", None])
def test_other_icons_are_taken(app: Any, icon: str | None) -> None:
    app.page("/a", icon=icon)(a_page)


def test_a_missing_session_store_is_noticed_at_registration(make_app: Any) -> None:
    def page(store: Any) -> None: ...

    page.__annotations__["store"] = SessionStore
    with pytest.raises(PageRegistrationError, match="SessionStore"):
        make_app().page("/a")(page)
    make_app(session_store=InMemorySessionStore()).page("/a")(page)


def unannotated(st: Any, extra: Any) -> None: ...


del unannotated.__annotations__["extra"]


def any_arguments(*args: Any) -> None: ...
def any_options(**options: Any) -> None: ...


@pytest.mark.parametrize(
    "fn",
    [unannotated, any_arguments, any_options],
)
def test_strict_mode_refuses_what_nobody_can_fill(make_app: Any, fn: Any) -> None:
    make_app().page("/a")(fn)
    with pytest.raises(PageSignatureError, match=r"Parameter '(extra|args|options)' of .*test_registry\.py"):
        make_app(strict_page_signatures=True).page("/a")(fn)


def test_links_need_an_absolute_address_and_a_title(app: Any) -> None:
    app.page_registry.link("https://example.org", title="Manual")
    for url, title in (("/manual", "Manual"), ("ftp://example.org", "x"), ("https://example.org", " ")):
        with pytest.raises(PageRegistrationError):
            app.page_registry.link(url, title=title)
    assert [link.title for link in app.page_registry.links] == ["Manual"]


def test_the_menu_follows_what_is_registered(app: Any) -> None:
    app.page("/b")(a_page)
    assert [record.slug for record in app.page_registry.menu.records] == ["b"]
    app.page("/a")(another_page)
    assert [record.slug for record in app.page_registry.menu.records] == ["b", "a"]
    app.page_registry.navigation = NavigationModel(("a", "b"))
    assert [record.slug for record in app.page_registry.menu.records] == ["a", "b"]
    assert app.page_registry.menu is app.page_registry.menu


def page_source(path: str) -> str:
    return f"def register(app):\n    @app.page({path!r})\n    def page(st): ...\n"


Write = Callable[[str, str], Path]


@pytest.fixture
def package(write_module: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    write_module("discovered/__init__.py", "")
    write_module("discovered/pages/__init__.py", "")
    write_module("discovered/pages/b.py", page_source("/a"))
    write_module("discovered/pages/a.py", page_source("/z"))
    write_module("discovered/pages/_hidden.py", "raise ValueError")
    write_module("discovered/pages/plain.py", "x = 1\n")
    write_module("discovered/pages/sub/__init__.py", "raise ValueError")
    return "discovered"


def test_modules_of_a_folder_register_their_pages_sorted_by_path(app: Any, package: str) -> None:
    app.page("/m")(a_page)
    app.page_registry.discover("pages", package=package)
    assert [record.path for record in app.page_registry.records] == ["/a", "/m", "/z"]


def test_discovery_says_what_it_cannot_import(app: Any, package: str, write_module: Write) -> None:
    discover = app.page_registry.discover
    with pytest.raises(ImportError, match=r"discovered\.nothing"):
        discover("nothing", package=package)
    with pytest.raises(ModuleNotFoundError):
        discover("pages", package="no_such_package")
    with pytest.raises(TypeError, match="not a package"):
        discover("pages", package="discovered.pages.plain")
    write_module("discovered/pages/c.py", "raise KeyError('own')\n")
    with pytest.raises(KeyError, match="own"):
        discover("pages", package=package)
