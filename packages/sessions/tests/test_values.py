from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import uuid
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pydantic
import pytest
from pydantic import BaseModel, ConfigDict, Field, SecretStr, computed_field, field_serializer

from fluxlit_sessions import AtomicSessionStore, InMemorySessionStore, UnsupportedValueError, read_as

if TYPE_CHECKING:
    from collections.abc import Mapping


class Colour(enum.Enum):
    RED = "red"


class Level(enum.IntEnum):
    HIGH = 3


@dataclasses.dataclass
class Point:
    x: Decimal
    when: dt.date


@pydantic.dataclasses.dataclass
class Place:
    name: str
    colours: set[Colour]


class Line(BaseModel):
    product: uuid.UUID
    price: Decimal
    amount: int = 1


class Cart(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    lines: list[Line]
    opened: dt.datetime
    deliver: dt.date
    at: dt.time
    within: dt.timedelta
    colour: Colour
    level: Level
    where: Point
    place: Place
    tags: frozenset[str]
    raw: bytes
    renamed: str = Field(alias="otherName")

    @computed_field
    @property
    def total(self) -> Decimal:
        return sum((line.price * line.amount for line in self.lines), Decimal(0))


CART = Cart(
    lines=[Line(product=uuid.UUID(int=7), price=Decimal("19.90"), amount=2)],
    opened=dt.datetime(2026, 5, 1, 12, 30, 15, 123456, tzinfo=dt.UTC),
    deliver=dt.date(2026, 5, 2),
    at=dt.time(9, 30),
    within=dt.timedelta(days=2, seconds=5, microseconds=7),
    colour=Colour.RED,
    level=Level.HIGH,
    where=Point(x=Decimal("1.10"), when=dt.date(2026, 1, 1)),
    place=Place(name="here", colours={Colour.RED}),
    tags=frozenset({"a", "b"}),
    raw=b"bytes",
    otherName="renamed",
)


def test_a_model_comes_back_as_it_was_from_every_store(store: AtomicSessionStore) -> None:
    store.set("x", {"cart": CART})
    data = store.get("x")
    assert data is not None
    assert read_as(Cart, data["cart"]) == CART


def test_what_is_read_as_plain_json() -> None:
    store = InMemorySessionStore()
    values: dict[str, Any] = {
        "datetime": dt.datetime(2026, 5, 1, 12, 30, tzinfo=dt.UTC),
        "date": dt.date(2026, 5, 2),
        "time": dt.time(9, 30),
        "timedelta": dt.timedelta(hours=25),
        "decimal": Decimal("19.90"),
        "uuid": uuid.UUID(int=7),
        "enum": Colour.RED,
        "int_enum": Level.HIGH,
        "tuple": (1, 2),
        "dataclass": Point(x=Decimal(1), when=dt.date(2026, 1, 1)),
        "mapping": MappingProxyType({Colour.RED: 1}),
        "true": True,
    }
    store.set("x", values)
    assert store.get("x") == {
        "datetime": "2026-05-01T12:30:00Z",
        "date": "2026-05-02",
        "time": "09:30:00",
        "timedelta": "P1DT1H",
        "decimal": "19.90",
        "uuid": "00000000-0000-0000-0000-000000000007",
        "enum": "red",
        "int_enum": 3,
        "tuple": [1, 2],
        "dataclass": {"x": "1", "when": "2026-01-01"},
        "mapping": {"red": 1},
        "true": True,
    }


def test_a_session_of_scattered_values_is_read_into_a_typed_dict_or_dataclass() -> None:
    store = InMemorySessionStore()
    store.set("x", {"x": Decimal("1.10"), "when": dt.date(2026, 1, 1)})
    assert read_as(Point, store.get("x") or {}) == Point(x=Decimal("1.10"), when=dt.date(2026, 1, 1))


class Unwritable(BaseModel):
    model_config = ConfigDict(arbitrary_types_allowed=True)

    client: Any


class Credentials(BaseModel):
    user: str
    password: SecretStr


class Revealed(BaseModel):
    password: SecretStr

    @field_serializer("password", when_used="json")
    def reveal(self, value: SecretStr) -> str:
        return value.get_secret_value()


def nested(depth: int) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for _ in range(depth):
        result = {"in": result}
    return result


ENDLESS: list[Any] = []
ENDLESS.append(ENDLESS)


@pytest.mark.parametrize(
    ("data", "path", "reason"),
    [
        ({"x": object()}, "x", "builtins.object is neither JSON nor a pydantic model"),
        ({"x": {"y": [b"raw"]}}, "x.y[0]", "builtins.bytes is neither"),
        ({"x": {1, 2}}, "x", "builtins.set is neither"),
        ({"x": {1: 2}}, "x", "its key 1 is no string"),
        ({1: 2}, "(top level)", "its key 1 is no string"),
        ({"x": [1.0, float("nan")]}, "x[1]", "nan is no JSON number"),
        ({"x": Decimal("NaN")}, "x", "Decimal('NaN') is no JSON number"),
        ({"x": 1, "y": float("inf")}, "y", "inf is no JSON number"),
        ({"x": SecretStr("s3cret")}, "x", "secrets are not stored"),
        ({"x": [Credentials(user="ann", password=SecretStr("s3cret"))]}, "x[0].password", "secrets are not stored"),
        ({"x": Unwritable(client=object())}, "x", "Unwritable cannot be written as JSON"),
        ({"x": Unwritable(client=float("nan"))}, "x.client", "nan is no JSON number"),
        ({"x": Cart}, "x", "is neither JSON"),
        ({"x": lambda: None}, "x", "builtins.function is neither"),
        ({"x": ENDLESS}, "x" + "[0]" * 100, "contains itself"),
        (nested(102), ".".join(["in"] * 101), "more than 100 levels"),
        ({"x": 10**5000}, "(somewhere)", "digits"),
    ],
)
def test_what_is_not_json_is_refused_by_name(data: Mapping[Any, Any], path: str, reason: str) -> None:
    with pytest.raises(UnsupportedValueError) as refused:
        InMemorySessionStore().set("sid", data)
    assert refused.value.path == path
    assert reason in str(refused.value)
    assert "s3cret" not in str(refused.value)


def test_a_secret_that_its_model_reveals_on_purpose_is_stored() -> None:
    store = InMemorySessionStore()
    store.set("x", {"a": Revealed(password=SecretStr("open"))})
    assert store.get("x") == {"a": {"password": "open"}}


def test_stars_that_are_no_secret_are_stored() -> None:
    store = InMemorySessionStore()
    store.set("x", {"a": Place(name="**********", colours=set())})
    assert store.get("x") == {"a": {"name": "**********", "colours": []}}
