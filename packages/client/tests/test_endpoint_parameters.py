"""Calls by endpoint: where arguments go, and what comes back. Every endpoint answers with what FastAPI read."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any, cast
from uuid import UUID

import pytest
from fastapi import APIRouter, Cookie, Depends, FastAPI, Header, Path, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field, Json, ValidationError

from fluxlit_client import INJECTED, ApiClient

if TYPE_CHECKING:
    from conftest import Serve


class Colour(Enum):
    RED = "red"


class User(BaseModel):
    id: int
    team_id: int = 0


@dataclasses.dataclass
class Point:
    x: int
    y: int = 0


class Filters(BaseModel):
    limit: int = 10
    tags: list[str] = []
    sort_by: str = Field(default="id", alias="sortBy")


class TraceHeaders(BaseModel):
    x_trace: str | None = None


router = APIRouter(prefix="/teams/{team_id}")


@router.get("/users")
def list_users(team_id: int, *, active: bool = True) -> list[User]:
    return [User(id=1 if active else 2, team_id=team_id)]


nested = APIRouter(prefix="/nested")
nested.include_router(router)
app = FastAPI()
app.include_router(nested, prefix="/v1")
sub_app = FastAPI()
app.mount("/sub", sub_app)


@sub_app.get("/mounted/{name}")
def mounted(name: str) -> str:
    return name


@app.get("/async/{day}")
async def async_endpoint(day: date, at: datetime, colour: Colour, key: UUID) -> tuple[date, datetime, Colour, UUID]:
    return day, at, colour, key


@app.get("/scalars")
def scalars(amount: Decimal, wait: timedelta, ratio: float, *, flag: bool = False) -> dict[str, str]:
    return {"amount": str(amount), "wait": str(wait.total_seconds()), "ratio": str(ratio), "flag": str(flag)}


@app.get("/lists")
def lists(
    ids: Annotated[list[int], Query(alias="id")], colours: Annotated[set[Colour] | None, Query()] = None
) -> dict[str, Any]:
    return {"ids": ids, "colours": colours}


@app.get("/filters")
def filtered(filters: Annotated[Filters, Query()]) -> Filters:
    return filters


@app.get("/json")
def json_query(where: Annotated[Json[list[int]], Query()]) -> list[int]:
    return where


@app.get("/optional")
def optional(word: str | None = None, other: str | None = "default") -> list[str | None]:
    return [word, other]


@app.get("/headers")
def headers(
    user_agent: Annotated[str, Header()],
    trace: Annotated[TraceHeaders, Header()],
    x_item: Annotated[list[str] | None, Header()] = None,
    session: Annotated[str | None, Cookie(alias="sid")] = None,
) -> dict[str, Any]:
    return {"agent": user_agent, "trace": trace.x_trace, "items": x_item, "session": session}


@app.get("/files/{path:path}/versions/{version}")
def file_version(path: str, version: Annotated[int, Path(ge=1)]) -> tuple[str, int]:
    return path, version


def pagination(limit: int = 10, x_tenant: Annotated[str, Header()] = "none") -> dict[str, Any]:
    return {"limit": limit, "tenant": x_tenant}


@app.get("/dependent")
def dependent(request: Request, page: Annotated[dict[str, Any], Depends(pagination)], word: str = "") -> dict[str, Any]:
    return {**page, "word": word, "path": request.url.path}


@app.get("/default-dependency")
def default_dependency(word: str, page: dict[str, Any] = Depends(pagination)) -> dict[str, Any]:  # noqa: B008, FAST002 - the older spelling
    return {**page, "word": word}


@app.get("/points")
def points() -> list[Point]:
    return [Point(1), Point(2, 3)]


@app.delete("/points", status_code=204)
def clear() -> None:
    return None


@app.get("/untyped", response_model=User)
def untyped():  # noqa: ANN201 - what response_model is there for
    return {"id": 7}


class Controller:
    """Endpoints may be methods."""

    def greet(self, name: str) -> str:
        return f"Hello {name}"


controller = Controller()
app.get("/hello")(controller.greet)


@app.get("/page", response_class=HTMLResponse)
def page() -> str:
    return "<b>ü</b>"


@app.get("/with-aliases")
def with_aliases() -> Filters:
    return Filters(sortBy="a")


@app.get("/without-aliases", response_model_by_alias=False)
def without_aliases() -> Filters:
    return Filters(sortBy="b")


class PngResponse(Response):
    media_type = "image/png"


@app.get("/picture", response_class=PngResponse, response_model=None)
def picture() -> bytes:
    return b"PNG"


@app.get("/liar", response_model=None)
def liar() -> list[int]:
    return cast("list[int]", {"not": "a list"})


@app.get("/tenants/{tenant}/twice")  # noqa: FAST003 - a path that call() must not take
@app.get("/twice")
def twice(word: str) -> str:
    return word * 2


def tenant_of(tenant: str) -> str:
    return tenant.upper()


@app.get("/of/{tenant}")
def of_tenant(name: Annotated[str, Depends(tenant_of)]) -> str:
    return name


@pytest.fixture(scope="module")
def client(serve: Serve) -> ApiClient:
    return ApiClient(serve(app).unix, app=app)


def test_an_included_routers_endpoint_is_found_under_its_full_path(client: ApiClient) -> None:
    users: list[User] = client.call(list_users, team_id=3)
    assert users == [User(id=1, team_id=3)]
    assert client.call(list_users, 4, active=False) == [User(id=2, team_id=4)]


def test_a_mounted_applications_endpoint_is_found(client: ApiClient) -> None:
    assert client.call(mounted, "a b/ä".replace("/", "-")) == "a b-ä"


def test_an_async_endpoint_returns_its_result(client: ApiClient) -> None:
    key = UUID(int=5)
    at = datetime.fromisoformat("2026-01-02T03:04:05+01:00")
    result = client.call(async_endpoint, date(2026, 1, 2), at, Colour.RED, key=key)
    assert result == (date(2026, 1, 2), at, Colour.RED, key)


def test_scalars_arrive_as_they_were_given(client: ApiClient) -> None:
    read = client.call(scalars, amount=Decimal("1.50"), wait=timedelta(minutes=2), ratio=0.25, flag=True)
    assert read == {"amount": "1.50", "wait": "120.0", "ratio": "0.25", "flag": "True"}


def test_lists_and_sets_repeat_their_key_under_the_alias(client: ApiClient) -> None:
    assert client.call(lists, ids=[1, 2], colours={Colour.RED}) == {"ids": [1, 2], "colours": ["red"]}
    assert client.call(lists, ids=[3]) == {"ids": [3], "colours": None}


def test_a_model_of_query_parameters_is_spread_over_the_query(client: ApiClient) -> None:
    filters = Filters(limit=5, tags=["a", "b"], sortBy="name")
    assert client.call(filtered, filters) == filters
    assert client.call(filtered, Filters()) == Filters()


def test_json_in_the_query_is_sent_as_json(client: ApiClient) -> None:
    assert client.call_unchecked(json_query, where=[1, 2]) == [1, 2]


def test_what_is_left_out_takes_the_endpoints_default(client: ApiClient) -> None:
    assert client.call(optional) == [None, "default"]
    assert client.call(optional, None, "x") == [None, "x"]


def test_headers_and_cookies_go_where_they_are_read(client: ApiClient) -> None:
    read = client.call(headers, user_agent="me", trace=TraceHeaders(x_trace="t"), x_item=["a", "b"], session="s")
    assert read == {"agent": "me", "trace": "t", "items": ["a", "b"], "session": "s"}


def test_path_parameters_are_encoded_and_may_hold_slashes_where_the_route_says_so(client: ApiClient) -> None:
    assert client.call(file_version, "a/b c?/ü", 2) == ("a/b c?/ü", 2)


def test_dependencies_and_the_request_are_left_to_the_api(client: ApiClient) -> None:
    expected = {"limit": 10, "tenant": "none", "word": "w", "path": "/dependent"}
    assert client.call(dependent, INJECTED, page=INJECTED, word="w") == expected
    assert client.call_unchecked(dependent, word="w") == expected
    assert client.call(default_dependency, "w") == {"limit": 10, "tenant": "none", "word": "w"}


def test_arguments_of_dependencies_can_be_given(client: ApiClient) -> None:
    read = client.call_unchecked(dependent, limit=3, x_tenant="acme")
    assert (read["limit"], read["tenant"]) == (3, "acme")


def test_answers_that_are_no_json_are_text_or_bytes(client: ApiClient) -> None:
    assert client.call(page) == "<b>ü</b>"
    assert client.call(picture) == b"PNG"


def test_an_answer_that_is_not_of_the_return_type_says_which_request_it_answered(client: ApiClient) -> None:
    with pytest.raises(ValidationError) as caught:
        client.call(liar)
    assert caught.value.__notes__ == ["in the answer to GET /liar"]


def test_aliases_and_field_names_are_both_read_from_answers(client: ApiClient) -> None:
    assert client.call(with_aliases) == Filters(sortBy="a")
    assert client.call(without_aliases) == Filters(sortBy="b")


def test_a_bound_method_can_be_an_endpoint(client: ApiClient) -> None:
    assert client.call(controller.greet, name="Ada") == "Hello Ada"


def test_of_several_paths_the_one_whose_parameters_are_known_is_taken(client: ApiClient) -> None:
    assert client.call(twice, "ab") == "abab"


def test_a_path_parameter_of_a_dependency_can_be_given(client: ApiClient) -> None:
    assert client.call_unchecked(of_tenant, tenant="acme") == "ACME"


def test_dataclasses_nothing_and_response_models_come_back(client: ApiClient) -> None:
    assert client.call(points) == [Point(1), Point(2, 3)]
    assert client.call(clear) is None
    assert client.call(untyped) == User(id=7)
