"""The user of a page test is the one that pages, `st.user` and the API know."""

from typing import Any

import pytest

from fluxlit import ApiClient, FluxLit
from fluxlit_auth import Basic, User
from fluxlit_auth.identity.current_user import CurrentUser
from fluxlit_testing import FluxLitTestClient, PageTest

ADA = User(id="ada", name="Ada Lovelace", email="ada@example.org", roles=frozenset({"admin"}))


@pytest.fixture
def client() -> FluxLitTestClient:
    app = FluxLit()

    @app.api.get("/me")
    def me(user: CurrentUser) -> dict[str, object]:
        return {"id": user.id, "roles": sorted(user.roles)}

    @app.page("/")
    def home(st: Any, client: ApiClient, user: User | None) -> None:
        st.text(f"page: {user.name if user else 'nobody'}")
        st.text(f"streamlit: {st.user.to_dict()}")
        st.text(f"api: {client.get('/me').json()}")

    return FluxLitTestClient(app)


def texts(at: PageTest) -> list[str]:
    return [each.value for each in at.text]


def test_page_streamlit_and_api_know_the_same_user(client: FluxLitTestClient) -> None:
    shown = texts(client.page(user=ADA))

    assert shown == [
        "page: Ada Lovelace",
        "streamlit: {'sub': 'ada', 'name': 'Ada Lovelace', 'email': 'ada@example.org'}",
        "api: {'id': 'ada', 'roles': ['admin']}",
    ]


def test_without_a_user_nobody_is_logged_in(client: FluxLitTestClient) -> None:
    shown = texts(client.page())

    assert shown[:2] == ["page: nobody", "streamlit: {}"]
    assert "'id'" not in shown[2]


def test_the_user_stays_for_the_whole_visit(client: FluxLitTestClient) -> None:
    at = client.page(user=ADA)

    assert texts(at.run())[0] == "page: Ada Lovelace"
    assert texts(client.page())[0] == "page: nobody"


@pytest.fixture
def guarded() -> FluxLitTestClient:
    """A client of an application that asks everybody for a name and a password."""
    app = FluxLit()

    def verify(_name: str, _password: str) -> User | None:
        return None

    app.protect(Basic(verify), requires={"/api/admin": "role:admin"})

    @app.api.get("/me")
    def me(user: CurrentUser) -> str:
        return user.id

    @app.api.get("/admin")
    def admin() -> str:
        return "secret"

    @app.page("/")
    def home(st: Any, client: ApiClient) -> None:
        st.text(client.get("/me").text)

    return FluxLitTestClient(app)


def test_the_guard_stands_before_the_api(guarded: FluxLitTestClient) -> None:
    assert guarded.api_get("/me").status_code == 401


def test_calls_and_visits_of_a_user_need_no_login(guarded: FluxLitTestClient) -> None:
    client = guarded.as_user(ADA)

    assert client.api_get("/me").json() == "ada"
    assert client.page().text[0].value == '"ada"'
    assert guarded.api_get("/me").status_code == 401


def test_what_a_user_may_not_do_is_refused(guarded: FluxLitTestClient) -> None:
    assert guarded.as_user(ADA).api_get("/admin").json() == "secret"
    assert guarded.as_user(User(id="eve")).api_get("/admin").status_code == 403
