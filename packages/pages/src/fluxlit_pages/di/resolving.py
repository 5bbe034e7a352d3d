"""Filling the parameters of a page outside the entry script: for tests and for tools."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from fluxlit_pages.di.overrides import PageOverrides, all_overrides
from fluxlit_pages.di.planning import plan_call
from fluxlit_pages.di.run_scope import RunScope

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxlit_pages.page_owner import PageOwner
    from fluxlit_pages.page_record import PageRecord

__all__ = ("PageArguments", "resolve_and_call_page", "resolve_page_kwargs")


class PageArguments(dict[str, Any]):
    """Arguments by parameter name; leaving the context (or `close`) runs the teardown of generator dependencies."""

    def __init__(self, values: dict[str, Any], scope: RunScope) -> None:
        super().__init__(values)
        self._scope = scope

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Run the teardown of the dependencies that these values came from."""
        self._scope.__exit__(None, None, None)


def resolve_page_kwargs(
    fn: Callable[..., Any], *, st: Any, client: Any, app: PageOwner, overrides: PageOverrides | None = None
) -> PageArguments:
    """The arguments that the entry script would call `fn` with.

    Close what comes back (or use it in a ``with``) where the page has generator dependencies.

    Args:
        fn: A page function.
        st: The Streamlit module or a double.
        client: The API client or a double.
        app: The application.
        overrides: Values by parameter name, replacements by dependency function; over those of the environment.

    Raises:
        PageSignatureError: Nobody can fill a parameter; the message names it.
        PageInjectionError: A parameter could not be filled now.
    """
    scope = RunScope(app, st=st, client=client, overrides=all_overrides(overrides))
    plan = plan_call(fn, app)
    positional, keywords = scope.arguments(plan, of_page=True)
    names = (slot.name for slot in plan.slots if slot.positional)
    resolved = PageArguments({**dict(zip(names, positional, strict=True)), **keywords}, scope)
    if not scope.has_teardown:
        resolved.close()
    return resolved


def resolve_and_call_page(  # noqa: PLR0917 - the documented signature
    rec: PageRecord,
    st: Any,
    client: Any,
    app: PageOwner,
    overrides: PageOverrides | None = None,
) -> Any:
    """Call a page as the entry script would, teardown included, and return what it returned."""
    with RunScope(app, st=st, client=client, overrides=all_overrides(overrides)) as scope:
        return scope.call(rec.fn)
