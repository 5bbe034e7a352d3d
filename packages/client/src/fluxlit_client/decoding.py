"""Models out of answers and into bodies."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from pydantic import BaseModel, TypeAdapter, ValidationError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fluxlit_client.http_library import httpx
    from fluxlit_client.request_options import BodyOptions

__all__ = ("decode", "json_body")


def decode(response: httpx.Response, model: Any) -> Any:
    """The answer's JSON, validated as ``model``.

    Raises:
        ValidationError: Pydantic's: the answer is not of the model.
    """
    try:
        return _adapter(model).validate_json(response.content)
    except ValidationError as error:
        error.add_note(f"in the answer to {response.request.method} {response.request.url.path}")
        raise


def json_body(body: BaseModel | Mapping[str, Any] | None, options: BodyOptions) -> BodyOptions:
    """The options with ``body`` as JSON.

    Raises:
        TypeError: The options have a JSON body already.
    """
    if body is None:
        return options
    if options.get("json") is not None:
        raise TypeError("give body= or json=, not both")
    dumped = body.model_dump(mode="json") if isinstance(body, BaseModel) else dict(body)
    return cast("BodyOptions", {**options, "json": dumped})


def _adapter(model: Any) -> TypeAdapter[Any]:
    if isinstance(model, TypeAdapter):
        return cast("TypeAdapter[Any]", model)
    try:
        return _known_adapter(model)
    except TypeError:
        # Not every annotation can be hashed: Annotated with a list in it, for one.
        return TypeAdapter(model)


@lru_cache(maxsize=512)
def _known_adapter(model: Any) -> TypeAdapter[Any]:
    # Building an adapter takes far longer than using it, and pages ask for the same models in every run.
    return TypeAdapter(model)
