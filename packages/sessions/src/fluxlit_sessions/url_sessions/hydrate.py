"""Brings a URL session's values back into `st.session_state`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from fluxlit_sessions.url_sessions.issued import issued_data, requested_id
from fluxlit_sessions.url_sessions.python_types import restored_values
from fluxlit_sessions.url_sessions.snapshot import logger
from fluxlit_sessions.url_sessions.streamlit_page import write_value
from fluxlit_sessions.url_sessions.switches import are_disabled, parameter_name
from fluxlit_sessions.values.reading import read_as

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fluxlit_sessions.protocols import SessionStore
    from fluxlit_sessions.url_sessions.streamlit_page import StreamlitPage

__all__ = ("hydrate_url_session", "hydrate_url_session_typed")

_M = TypeVar("_M", bound=BaseModel)


def hydrate_url_session(
    st: StreamlitPage,
    store: SessionStore,
    *,
    param: str | None = None,
    merge: bool = True,
    browser: str | None = None,
) -> str | None:
    """Copy the session in the address bar into `st.session_state`.

    Values come back as plain JSON, but for dates, times, time differences, decimals, UUIDs and tuples at the top level:
    those come back as they were, because widgets insist on them.

    Args:
        st: The `streamlit` module.
        store: Where sessions are kept.
        param: The query parameter; see `parameter_name`.
        merge: Whether keys that the page already has are left alone; otherwise they are overwritten.
        browser: See `ensure_url_session`.

    Returns:
        The id in the address bar, even if nothing is known under it; `None` without one or while disabled. Use the id
        that `ensure_url_session` returns to write: that one is never chosen by someone else.
    """
    if are_disabled():
        return None
    sid = requested_id(st, parameter_name(param))
    stored = None if sid is None else issued_data(store, sid, browser)
    if stored is not None:
        _write(st, restored_values(stored), merge=merge)
    return sid


def hydrate_url_session_typed(
    st: StreamlitPage,
    store: SessionStore,
    model: type[_M],
    *,
    param: str | None = None,
    merge: bool = True,
    strict: bool = False,
    browser: str | None = None,
) -> tuple[str | None, _M | None]:
    """Read the session in the address bar into a model, and then copy it into `st.session_state`.

    The values arrive there with the types of the model: a date as a date. Nested models arrive as dicts. Fields that
    are not stored are left out, and what is stored beside the model's fields arrives as in
    `hydrate_url_session`.

    Args:
        st: The `streamlit` module.
        store: Where sessions are kept.
        model: The model that the stored values must fit; nothing is copied otherwise.
        param: The query parameter; see `parameter_name`.
        merge: Whether keys that the page already has are left alone; otherwise they are overwritten.
        strict: Whether values that do not fit raise `pydantic.ValidationError`.
        browser: See `ensure_url_session`.

    Returns:
        The id in the address bar and the model; `None` for the model if nothing is stored or it does not fit.
    """
    if are_disabled():
        return None, None
    sid = requested_id(st, parameter_name(param))
    stored = None if sid is None else issued_data(store, sid, browser)
    if stored is None:
        return sid, None
    values = {key: value for key, value in stored.items() if not key.startswith("__")}
    try:
        instance = read_as(model, values)
    except ValidationError as error:
        if strict:
            raise
        # Not the error's own text: that quotes the values.
        fields = sorted({str(part["loc"][0]) if part["loc"] else "(whole)" for part in error.errors()})
        logger.warning("the URL session does not fit %s and is not used: %s", model.__name__, ", ".join(fields))
        return sid, None
    typed: dict[str, Any] = instance.model_dump(include=instance.model_fields_set)
    _write(st, {**restored_values(stored), **typed}, merge=merge)
    return sid, instance


def _write(st: StreamlitPage, values: Mapping[str, Any], *, merge: bool) -> None:
    for key, value in values.items():
        if not (merge and key in st.session_state):
            write_value(st, key, value)
