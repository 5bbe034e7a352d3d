"""One parameter of an endpoint: where its value goes in the request, what it is called there, what it must be."""

from __future__ import annotations

from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Final, Union, cast, get_args, get_origin

from pydantic import BaseModel, Json, TypeAdapter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic.fields import FieldInfo

    from fluxlit_client.endpoints.routes import Dependant, ModelField

__all__ = ("INJECTED", "Parameter", "Place", "parameters_of")


class _Injected:
    def __repr__(self) -> str:
        return "INJECTED"


INJECTED: Final[Any] = _Injected()
"""Stands for an argument that the API fills in itself (a dependency, the request): satisfies the type checker."""

_FORM_MEDIA_TYPES = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})


class Place(Enum):
    """Where FastAPI reads a parameter."""

    PATH = "path"
    QUERY = "query"
    HEADER = "header"
    COOKIE = "cookie"
    FORM = "form"
    FILE = "file"
    BODY = "body"


class Parameter:
    """A parameter; the type adapters are built when first needed, since most calls give few parameters."""

    def __init__(self, field: ModelField, place: Place) -> None:
        self.name: Final = field.name
        self.place: Final = place
        self._info: Final[FieldInfo] = field.field_info
        # An alias for validation is what FastAPI reads a request by.
        alias = field.field_info.validation_alias
        self.key: Final = alias if isinstance(alias, str) else field.alias

    @property
    def required(self) -> bool:
        """Whether FastAPI refuses a request without it."""
        return self._info.is_required()

    @property
    def default(self) -> object:
        """What FastAPI takes if the request has no value."""
        return self._info.get_default(call_default_factory=False)

    @property
    def embed(self) -> bool:
        """Whether a single body parameter is asked for under its name (``Body(embed=True)``)."""
        return bool(getattr(self._info, "embed", False))

    @property
    def media_type(self) -> str:
        """The content type of a body parameter."""
        return str(getattr(self._info, "media_type", "application/json"))

    @property
    def is_json_text(self) -> bool:
        """Whether the value travels as JSON text within its place (pydantic's ``Json``)."""
        return any(item is Json or type(item) is Json for item in self._info.metadata)

    @cached_property
    def model(self) -> type[BaseModel] | None:
        """The model whose fields are parameters of their own: ``Annotated[Filters, Query()]`` and forms."""
        if self.place in {Place.BODY, Place.PATH, Place.FILE} or self.is_json_text:
            return None
        return _model_of(self._info.annotation)

    def field_keys(self, model: type[BaseModel]) -> Mapping[str, str]:
        """From the keys of the dumped model to the keys of the request."""
        keys: dict[str, str] = {}
        for name, info in model.model_fields.items():
            alias = info.validation_alias if isinstance(info.validation_alias, str) else info.alias
            convert = self.place is Place.HEADER and getattr(self._info, "convert_underscores", True)
            keys[name] = alias or (name.replace("_", "-") if convert else name)
        return keys

    @cached_property
    def shape(self) -> TypeAdapter[Any]:
        """Converts and dumps: the type without its constraints, so that a validator's changes are not sent."""
        return TypeAdapter(cast("Any", self._info.annotation))

    @cached_property
    def check(self) -> TypeAdapter[Any]:
        """The type with its constraints."""
        if not self._info.metadata or self.is_json_text:
            return self.shape
        return TypeAdapter(cast("Any", Annotated[self._info.annotation, *self._info.metadata]))


def parameters_of(dependant: Dependant) -> Iterator[Parameter]:
    """The parameters that a function itself takes from the request, its dependencies' left out."""
    for fields, place in (
        (dependant.path_params, Place.PATH),
        (dependant.query_params, Place.QUERY),
        (dependant.header_params, Place.HEADER),
        (dependant.cookie_params, Place.COOKIE),
    ):
        yield from (Parameter(field, place) for field in fields)
    for field in dependant.body_params:
        yield Parameter(field, _body_place(field))


def _body_place(field: ModelField) -> Place:
    # FastAPI's File is a Form whose media type is multipart, its Form one of the two, its Body anything else.
    media_type = getattr(field.field_info, "media_type", "application/json")
    if media_type not in _FORM_MEDIA_TYPES:
        return Place.BODY
    is_file = any(base.__name__ == "File" for base in type(field.field_info).__mro__)
    return Place.FILE if is_file else Place.FORM


def _model_of(annotation: object) -> type[BaseModel] | None:
    candidates = [
        candidate
        for candidate in (get_args(annotation) if get_origin(annotation) in _UNIONS else (annotation,))
        if candidate is not type(None)
    ]
    only = candidates[0] if len(candidates) == 1 else None
    return only if isinstance(only, type) and issubclass(only, BaseModel) else None


_UNIONS = (Union, type(int | str))
