"""The user as a page's parameter, and what a page asks of its visitors."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from fluxlit_auth import AuthConfigurationError, User
from fluxlit_auth.identity.user_header import USER_HEADER, encode_user
from fluxlit_pages import PageRegistry, resolve_page_kwargs
from fluxlit_pages.errors import PageInjectionError, PageRegistrationError
from fluxlit_pages.page_access import page_access, page_identity_headers

ADA = User(id="ada", name="Åda", roles=frozenset({"staff"}))


def visited_by(user: User | None) -> Any:
    headers = {} if user is None else {USER_HEADER: encode_user(user)}
    return SimpleNamespace(context=SimpleNamespace(headers=headers, cookies={}), session_state={}, query_params={})


def owner(**more: Any) -> Any:
    settings = SimpleNamespace(strict_page_signatures=True, experimental_yield_pages=False, title="T")
    made = SimpleNamespace(settings=settings, urls=None, session_store=None, get_client=lambda: None, **more)
    unchecked: Any = made
    made.page_registry = PageRegistry(unchecked)
    return made


def page(user: User) -> None:
    del user


def page_for_all(user: User | None) -> None:
    del user


def test_a_page_gets_the_user_whom_the_gateway_names() -> None:
    assert resolve_page_kwargs(page, st=visited_by(ADA), client=None, app=owner())["user"] == ADA


def test_nobody_is_none_where_none_will_do_and_an_error_elsewhere() -> None:
    nobody = visited_by(None)

    assert resolve_page_kwargs(page_for_all, st=nobody, client=None, app=owner())["user"] is None
    with pytest.raises(PageInjectionError, match="nobody has logged in"):
        resolve_page_kwargs(page, st=nobody, client=None, app=owner())


@pytest.mark.parametrize("header", ["", "!", "e30", "bnVsbA", "x" * 5000])
def test_a_header_that_names_nobody_is_nobody(header: str) -> None:
    st = visited_by(None)
    st.context.headers[USER_HEADER] = header

    assert resolve_page_kwargs(page_for_all, st=st, client=None, app=owner())["user"] is None


def test_requirements_decide_whom_a_page_admits() -> None:
    app = owner(guard_plan=SimpleNamespace(methods=["one"], rules=None))
    registry = app.page_registry
    registry.page("/", default=True)(page_for_all)
    registry.page("/staff", requires="role:staff")(page)
    registry.page("/about", public=True)(lambda: None)
    access = page_access(app)

    admitted = {
        slug: (each.admits(None), each.admits(ADA), each.admits(User(id="bob"))) for slug, each in access.items()
    }

    assert admitted == {"home": (False, True, True), "staff": (False, True, False), "about": (True, True, True)}
    assert access["home"].paths == ("/home", "/")


def test_a_page_is_not_public_and_closed_at_once_and_requirements_are_understood() -> None:
    registry = owner().page_registry

    with pytest.raises(PageRegistrationError, match="public and requires"):
        registry.page("/a", public=True, requires="role:x")(lambda: None)
    with pytest.raises(AuthConfigurationError, match="page '/b'"):
        registry.page("/b", requires="admin")(lambda: None)


def test_outside_of_a_run_the_client_speaks_for_nobody() -> None:
    assert page_identity_headers() == {}
