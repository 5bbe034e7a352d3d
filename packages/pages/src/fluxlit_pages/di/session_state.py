"""Models that are kept in the visitor's session: ``state: Annotated[Cart, SessionState()]``."""

from __future__ import annotations

import inspect
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from pydantic import BaseModel, ValidationError

from fluxlit_pages.di.run_session import run_session
from fluxlit_sessions import read_as
from fluxlit_sessions.values.json_values import to_json_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fluxlit_pages.di.run_session import RunSession
    from fluxlit_pages.di.sources import Run
    from fluxlit_sessions import Session

__all__ = ("SessionStateSource", "unfit_model_problem")

_NOTHING: Final = object()
_LOG: Final = logging.getLogger("fluxlit.pages")


@dataclass(frozen=True, slots=True)
class SessionStateSource:
    """A model in the session, read at the start of the run and written at its end if it changed."""

    parameter: str
    model: type[BaseModel]
    key: str
    """The session's key that holds it."""
    from_request: bool = False

    def resolve(self, run: Run) -> object:
        """The model; the same object for every parameter of the run that names the same key."""
        return run.entered(("session state", self.model, self.key), lambda: _KeptModel(run_session(run), self))


class _KeptModel:
    """One model of one run, as a context manager so that the run makes it once."""

    def __init__(self, of_run: RunSession, source: SessionStateSource) -> None:
        self._source = source
        stored: object = of_run.session.get(source.key)
        fields: Mapping[str, Any] = cast("dict[str, Any]", stored) if isinstance(stored, dict) else {}
        self._value = _read(source.model, fields)
        self._before = _fields(self._value, source.key)
        of_run.add(self._write)

    def __enter__(self) -> BaseModel:
        return self._value

    def __exit__(self, *error: object) -> None:
        """Nothing: the session writes it."""

    def _write(self, session: Session) -> None:
        # Only what the page has changed: a default that another tab has meanwhile replaced is not written over it.
        after = _fields(self._value, self._source.key)
        if after == self._before:
            return
        stored: object = session.get(self._source.key)
        fields: dict[str, Any] = dict(cast("dict[str, Any]", stored)) if isinstance(stored, dict) else {}
        fields |= {name: value for name, value in after.items() if self._before.get(name, _NOTHING) != value}
        for name in self._before.keys() - after.keys():
            fields.pop(name, None)
        session[self._source.key] = fields


def unfit_model_problem(annotation: Any) -> str:
    """What makes a type unfit to be kept in a session; empty if nothing does."""
    if not (inspect.isclass(annotation) and issubclass(annotation, BaseModel)):
        return f"{getattr(annotation, '__name__', annotation)!s} is no pydantic model; make it one"
    required = [name for name, field in annotation.model_fields.items() if field.is_required()]
    if required:
        return f"{annotation.__name__} has fields without a default: {', '.join(required)}; a new visitor has none"
    return ""


def _read(model: type[BaseModel], fields: Mapping[str, Any]) -> BaseModel:
    """The model of what is stored. A field that does not fit any more, after a deployment, has its default."""
    try:
        return read_as(model, fields)
    except ValidationError as error:
        unfit = {str(part["loc"][0]) if part["loc"] else "" for part in error.errors()}
        # Not the error's own text: that quotes the values.
        _LOG.warning("stored fields do not fit %s and are left out: %s", model.__name__, ", ".join(sorted(unfit)))
    try:
        return read_as(model, {name: value for name, value in fields.items() if name not in unfit})
    except ValidationError:
        return model()


def _fields(value: BaseModel, key: str) -> dict[str, Any]:
    """The model as the session stores it.

    Raises:
        UnsupportedValueError: One of its values cannot be stored.
    """
    return cast("dict[str, Any]", to_json_value(value, key))
