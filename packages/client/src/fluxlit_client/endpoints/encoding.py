"""From checked values to a request: path, query, headers, cookies and body, spelt as FastAPI reads them."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

from pydantic_core import PydanticSerializationError

from fluxlit_client.endpoints.parameters import Parameter, Place
from fluxlit_client.endpoints.secrets import dump_for_sending
from fluxlit_client.errors import EndpointArgumentError
from fluxlit_client.files import as_file_part

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fluxlit_client.endpoints.operations import Operation
    from fluxlit_client.files import FilePart
    from fluxlit_client.request_options import BodyOptions

__all__ = ("encode",)

_FLAT = (Place.QUERY, Place.HEADER, Place.COOKIE, Place.FORM)


def encode(operation: Operation, values: Mapping[Parameter, Any]) -> tuple[str, BodyOptions]:
    """The path and the options of the request.

    Raises:
        EndpointArgumentError: A value cannot be spelt in its place.
    """
    flat: dict[Place, list[tuple[str, str]]] = {place: [] for place in _FLAT}
    files: list[tuple[str, Any]] = []
    bodies: dict[Parameter, Any] = {}
    path = operation.path
    for parameter, value in values.items():
        if parameter.place is Place.PATH:
            path = path.replace(f"{{{parameter.key}}}", _segment(operation, parameter, value))
        elif parameter.place is Place.FILE:
            files.extend(
                (parameter.key, _file(operation, parameter, item)) for item in _items(value) if item is not None
            )
        elif parameter.place is Place.BODY:
            bodies[parameter] = _dumped(operation, parameter, value)
        else:
            flat[parameter.place].extend(_pairs(operation, parameter, value))
    options: BodyOptions = {"params": flat[Place.QUERY], "cookies": dict(flat[Place.COOKIE])}
    options["headers"] = flat[Place.HEADER]
    if files or flat[Place.FORM]:
        options["files"] = files
        options["data"] = _form(flat[Place.FORM])
    elif bodies:
        _put_body(operation, bodies, options)
    if "{" in path:
        name = path.partition("{")[2].partition("}")[0]
        raise EndpointArgumentError(operation.name, name, "is missing (it goes into the path, a dependency reads it)")
    return path, options


def _file(operation: Operation, parameter: Parameter, value: object) -> FilePart:
    try:
        return as_file_part(value)
    except TypeError as error:
        raise EndpointArgumentError(operation.name, parameter.name, f"is no file: {error}") from error


def _dumped(operation: Operation, parameter: Parameter, value: Any) -> Any:
    # PATCH means "change what I name": fields that the caller did not set must not overwrite the stored ones.
    patch = operation.method == "PATCH"
    dump = partial(parameter.shape.dump_python, value, by_alias=True, round_trip=True, exclude_unset=patch)
    try:
        return dump_for_sending(dump)
    except (PydanticSerializationError, ValueError) as error:
        reason = f"cannot be written as JSON: {error}"
        raise EndpointArgumentError(operation.name, parameter.name, reason) from error


def _pairs(operation: Operation, parameter: Parameter, value: Any) -> Iterator[tuple[str, str]]:
    if value is None:
        if parameter.default is not None:
            reason = f"cannot be None in the {parameter.place.value}, which has no null; the API would take its default"
            raise EndpointArgumentError(operation.name, parameter.name, reason)
        return
    dumped = _dumped(operation, parameter, value)
    if parameter.is_json_text:
        yield parameter.key, json.dumps(dumped)
    elif parameter.model is not None:
        # Field names, not aliases: aliases for serialization may differ from what a request is read by.
        keys = parameter.field_keys(parameter.model)
        by_name = partial(value.model_dump, by_alias=False, round_trip=True, exclude_none=True, exclude_unset=True)
        for name, item in dump_for_sending(by_name).items():
            yield from _texts(operation, parameter, key=keys.get(name, name), value=item)
    else:
        yield from _texts(operation, parameter, key=parameter.key, value=dumped)


def _texts(operation: Operation, parameter: Parameter, *, key: str, value: Any) -> Iterator[tuple[str, str]]:
    for item in _items(value):
        if item is None:
            continue
        text = _text(item)
        if parameter.place in {Place.HEADER, Place.COOKIE} and not (text.isascii() and text.isprintable()):
            reason = f"cannot be sent in a {parameter.place.value}: {text!r} is not printable ASCII"
            raise EndpointArgumentError(operation.name, parameter.name, reason)
        yield key, text


def _segment(operation: Operation, parameter: Parameter, value: Any) -> str:
    text = _text(_dumped(operation, parameter, value))
    slashed = parameter.key in operation.slashed
    if not text or (not slashed and ("/" in text or text in {".", ".."})):
        reason = f"cannot be part of a path: {text!r} is empty, a dot segment, or holds a slash"
        raise EndpointArgumentError(operation.name, parameter.name, reason)
    return quote(text, safe="/" if slashed else "")


def _put_body(operation: Operation, bodies: Mapping[Parameter, Any], options: BodyOptions) -> None:
    parameter, value = next(iter(bodies.items()))
    names = {name for name, item in operation.all_parameters.items() if item.place is Place.BODY}
    # FastAPI reads a single body parameter from the body itself, several from the keys of an object.
    if len(names) > 1 or parameter.embed:
        options["json"] = {item.key: dumped for item, dumped in bodies.items()}
    elif parameter.media_type != "application/json" and isinstance(value, str):
        options["content"] = value
        options["headers"] = [
            *cast("list[tuple[str, str]]", options.get("headers")),
            ("content-type", parameter.media_type),
        ]
    elif value is None and parameter.default is not None:
        # The library takes json=None for "no body".
        options["content"] = "null"
        options["headers"] = [
            *cast("list[tuple[str, str]]", options.get("headers")),
            ("content-type", "application/json"),
        ]
    else:
        options["json"] = value


def _form(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for key, text in pairs:
        fields.setdefault(key, []).append(text)
    return fields


def _items(value: Any) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else [value]


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value)
