# ruff: noqa: ARG001, B008 - signatures are what is looked at
"""Read by the type checker alone: what registration and injection do to types."""

from typing import TYPE_CHECKING, Annotated, Any, assert_type

from pydantic import BaseModel

from fluxlit_pages import Cookie, Depends, Header, PageFailure, PageMeta, PageRegistry, Query, parse_query_params
from fluxlit_pages.streamlit import PageFn

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine


class Search(BaseModel):
    text: str = ""


def find(text: str = "") -> Search:
    return Search(text=text)


def register(registry: PageRegistry) -> None:
    @registry.page("/", title="Start", tags=["a"], page_meta=PageMeta(), section="S", hidden=False, default=True)
    def start(st: Any, limit: int = 10, /, *, user: str = Header("x-user")) -> PageMeta | None:
        return None

    assert_type(start(None, 3, user="ada"), PageMeta | None)

    @registry.page("/later")
    async def later(search: Annotated[Search, Depends(find)]) -> int:
        return len(search.text)

    still_a_coroutine_function: Callable[[Search], Coroutine[Any, Any, int]] = later
    del still_a_coroutine_function

    @registry.page("/defaults")
    def defaults(search: Search = Depends(find), page: int = Query(1), theme: str = Cookie("theme")) -> str:
        return search.text

    assert_type(defaults(), str)

    @registry.on_page_error
    def tell(failure: PageFailure) -> bool:
        return failure.path == "/"

    assert_type(tell(PageFailure(ValueError(), "/", "", "")), bool)
    assert_type(parse_query_params(None, Search), Search)


def plain(st: Any, client: Any, /) -> PageMeta | None:
    return None


page: PageFn = plain
