from types import SimpleNamespace
from typing import Any, Optional

import pytest
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from fluxlit_pages import SessionModel, parse_query_params, parse_query_params_adapter
from fluxlit_pages.query import accepts_many, query_dict_for_manifest


class Search(BaseModel):
    text: str = ""
    page: int = 1
    tags: list[str] = []
    sort_by: str = Field(default="name", alias="sort")


class Required(BaseModel):
    id: int


class QueryParams(dict[str, list[str]]):
    """As Streamlit's: iteration and `[]` as a dict, all values by `get_all`."""

    def get_all(self, key: str) -> list[str]:
        return self.get(key, [])


def st_with(parameters: Any, **state: Any) -> Any:
    errors: list[str] = []
    return SimpleNamespace(query_params=parameters, session_state=dict(state), error=errors.append, errors=errors)


@pytest.mark.parametrize("kind", [QueryParams, dict[str, list[str]]])
def test_one_value_is_text_and_several_are_a_list(kind: Any) -> None:
    st = st_with(kind({"text": ["a b"], "tags": ["x", "y"], "none": []}))
    assert query_dict_for_manifest(st) == {"text": "a b", "tags": ["x", "y"]}


def test_a_model_of_the_address() -> None:
    st = st_with(QueryParams(text=["tea"], page=["3"], tags=["new"], sort=["price"]))
    assert parse_query_params(st, Search) == Search(text="tea", page=3, tags=["new"], sort="price")


def test_what_does_not_fit_is_shown_and_defaults_take_over() -> None:
    st = st_with(QueryParams(page=["x"], text=["tea"]))
    assert parse_query_params(st, Search) == Search()
    assert "`page`" in st.errors[0]


def test_strict_and_models_without_defaults_raise() -> None:
    with pytest.raises(ValidationError):
        parse_query_params(st_with(QueryParams(page=["x"])), Search, strict=True)
    with pytest.raises(ValidationError):
        parse_query_params(st_with(QueryParams()), Required)


def test_any_type_by_adapter() -> None:
    adapter = TypeAdapter(dict[str, int])
    assert parse_query_params_adapter(st_with(QueryParams(a=["1"])), adapter) == {"a": 1}
    for strict, shown in ((False, 1), (True, 0)):
        st = st_with(QueryParams(a=["x"]))
        with pytest.raises(ValidationError):
            parse_query_params_adapter(st, adapter, strict=strict)
        assert len(st.errors) == shown


@pytest.mark.parametrize(
    ("annotation", "many"),
    [
        (list[str], True),
        (Optional[set[int]], True),  # noqa: UP045 - the older spelling is what is tested
        (tuple[str, ...] | None, True),
        (str, False),
        (dict[str, list[str]], False),
        (None, False),
    ],
)
def test_which_annotations_want_all_values(annotation: Any, many: bool) -> None:  # noqa: FBT001 - a table column
    assert accepts_many(annotation) is many


class Cart(BaseModel):
    items: list[str] = []
    coupon: str | None = Field(default=None, alias="c")


def test_session_state_as_a_model() -> None:
    st = st_with({}, items=["tea"], coupon="X", other=1)
    session = SessionModel(st)
    cart = session.read_into(Cart)
    assert (cart.items, cart.coupon) == (["tea"], "X")
    session.write_from(Cart(items=["milk"]))
    assert st.session_state == {"items": ["milk"], "coupon": None, "other": 1}


def test_session_state_that_does_not_fit() -> None:
    with pytest.raises(ValidationError):
        SessionModel(st_with({}, items=3)).read_into(Cart)
    assert SessionModel(st_with({}, other=1)).read_into(Cart) == Cart()
    with pytest.raises(ValidationError, match="other"):
        SessionModel(st_with({}, other=1), extra="forbid").read_into(Cart)
