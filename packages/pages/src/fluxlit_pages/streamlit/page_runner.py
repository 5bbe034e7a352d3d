"""One run of one page: parameters in, page drawn, metadata applied, teardown done."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, cast

from pydantic import ValidationError

from fluxlit_pages.di.kept_widgets import keep_widgets
from fluxlit_pages.di.overrides import PageOverrides, env_page_overrides
from fluxlit_pages.di.providers import feature_flags
from fluxlit_pages.di.run_scope import RunScope
from fluxlit_pages.errors import PageInjectionError
from fluxlit_pages.flags import YIELD_PAGES_VARIABLE
from fluxlit_pages.page_meta import PageMeta
from fluxlit_pages.streamlit.page_config import page_config_of_meta

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator, Mapping

    from fluxlit_pages.page_app import PageApp
    from fluxlit_pages.page_record import PageRecord

__all__ = ("run_page_record",)


def run_page_record(  # noqa: PLR0917 - the documented signature
    rec: PageRecord,
    st: Any,
    client: Any,
    app: PageApp,
    overrides: PageOverrides | None = None,
) -> None:
    """Run a page as the entry script does.

    Args:
        rec: The page.
        st: The Streamlit module.
        client: The API client; None for the application's, made when a parameter asks for it.
        app: The application.
        overrides: Values by parameter name, replacements by dependency function; over the application's
            ``dependency_overrides`` and those of the environment.
    """
    registry = app.page_registry
    replaced = {**env_page_overrides(), **registry.dependency_overrides, **(overrides or {})}
    with RunScope(app, st=st, client=client, overrides=replaced, plans=registry.plans) as scope:
        if rec.keep:
            keep_widgets(scope, rec.keep)
        result = scope.call(rec.fn)
        breadcrumb = rec.page_meta.breadcrumb if rec.page_meta is not None else None
        for value in _results(result, rec, scope=scope):
            meta = _as_meta(value, st)
            if meta is None:
                continue
            config = page_config_of_meta(meta)
            if config:
                st.set_page_config(**config)
            breadcrumb = meta.breadcrumb or breadcrumb
        if breadcrumb:
            st.sidebar.caption(breadcrumb)


def _results(result: object, rec: PageRecord, *, scope: RunScope) -> Generator[object, None, None]:
    """What the page said about itself: its return value, or each value it yields while it runs."""
    if inspect.isgenerator(result):
        _require_yield_pages(rec, scope)
        yield from cast("Generator[object, None, object]", result)
    elif inspect.isasyncgen(result):
        _require_yield_pages(rec, scope)
        pages = cast("AsyncGenerator[object, None]", result)
        try:
            while (value := scope.run_coroutine(anext(pages, _END))) is not _END:
                yield value
        finally:
            scope.run_coroutine(pages.aclose())
    else:
        yield result


_END = object()


def _require_yield_pages(rec: PageRecord, scope: RunScope) -> None:
    if not feature_flags(scope.owner).experimental_yield_pages:
        raise PageInjectionError(
            f"Page {rec.path!r} is a generator function, which is experimental. "
            f"Return its metadata, or set {YIELD_PAGES_VARIABLE}=1."
        )


def _as_meta(value: object, st: Any) -> PageMeta | None:
    if isinstance(value, PageMeta):
        return value
    if not isinstance(value, dict):
        return None
    try:
        return PageMeta.model_validate(cast("Mapping[str, Any]", value))
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors())
        st.error(f"The page returned metadata that does not fit: {problems}")
        return None
