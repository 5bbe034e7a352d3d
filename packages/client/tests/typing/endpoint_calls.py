"""What a type checker knows of calls by endpoint. Read by pyright (test_types.py runs it), never executed."""

from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterator
from typing import Annotated, Any, assert_type

from fastapi import Depends, FastAPI, Query
from pydantic import BaseModel, TypeAdapter

from fluxlit_client import INJECTED, ApiClient, AsyncApiClient

app = FastAPI()


class User(BaseModel):
    id: int


def database() -> str:
    return "db"


@app.get("/users")
def list_users(team_id: int, *, active: Annotated[bool, Query()] = True) -> list[User]:
    return [User(id=team_id if active else 0)]


@app.get("/users/{user_id}")
async def get_user(user_id: int) -> User:
    return User(id=user_id)


@app.get("/stored")
def stored(word: str, db: Annotated[str, Depends(database)]) -> dict[str, int]:
    return {word + db: 1}


@app.get("/stored-by-default")
def stored_by_default(word: str, db: str = Depends(database)) -> dict[str, int]:  # noqa: FAST002 - the older spelling
    return {word + db: 1}


@app.get("/stream")
async def stream() -> AsyncIterator[User]:
    yield User(id=1)


@app.get("/sync-stream")
def sync_stream() -> Iterator[User]:
    yield User(id=1)


def blocking(client: ApiClient) -> None:
    users: list[User] = client.call(list_users, team_id=3)
    assert_type(users, list[User])
    assert_type(client.call(list_users, 3, active=False), list[User])
    assert_type(client.call(get_user, 1), User)
    assert_type(client.call(stored, "a", db=INJECTED), dict[str, int])
    assert_type(client.call(stored_by_default, word="a"), dict[str, int])
    assert_type(client.call_unchecked(stored, "a"), dict[str, int])
    assert_type(client.call_unchecked(get_user, user_id=1), User)
    assert_type(client.call(stream), Generator[User])
    assert_type(client.call(sync_stream), Iterator[User])
    assert_type(client.get_model("/users", list[User]), list[User])
    # With its type: pydantic 2.11 does not let TypeAdapter know that of a union by itself.
    adapter: TypeAdapter[int | str] = TypeAdapter(int | str)
    assert_type(client.get_model("/users", adapter), int | str)
    assert_type(client.post_model("/users", User, body=User(id=1)), User)
    assert_type(client.stream_json("/users", User), Generator[User])
    assert_type(client.stream_json("/users"), Generator[Any])
    assert_type(client.with_bearer("t"), ApiClient)


async def asynchronous(client: AsyncApiClient) -> None:
    assert_type(await client.call(list_users, team_id=3), list[User])
    assert_type(await client.call(get_user, 1), User)
    assert_type(await client.call(stream), AsyncGenerator[User])
    assert_type(await client.call(sync_stream), AsyncGenerator[User])
    assert_type(await client.call_unchecked(stored, word="a"), dict[str, int])
    assert_type(await client.get_model("/users", list[User]), list[User])
    assert_type(client.stream_json("/users", User), AsyncGenerator[User])
    async with client as entered:
        assert_type(entered, AsyncApiClient)
