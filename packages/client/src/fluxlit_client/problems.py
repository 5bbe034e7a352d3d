"""Reads what an API says about a failure: RFC 9457 problem details, and FastAPI's ``detail``."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fluxlit_client.http_library import httpx

__all__ = ("FieldError", "ProblemDetail", "read_field_errors", "read_problem")

_STANDARD_MEMBERS = frozenset({"type", "title", "status", "detail", "instance"})


@dataclass(frozen=True, slots=True)
class ProblemDetail:
    """What went wrong, in the members of RFC 9457 section 3.1.

    An answer of FastAPI (``{"detail": …}``) or without JSON gives one too: its title is the status's phrase.

    Attributes:
        status: The answer's status.
        title: Short summary of the kind of problem.
        detail: What happened this time, or ``None``.
        type: URI of the kind of problem; ``about:blank`` says no more than the status.
        instance: URI of this occurrence, or ``None``.
        extensions: Every other member.
    """

    status: int
    title: str
    detail: str | None = None
    type: str = "about:blank"
    instance: str | None = None
    extensions: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class FieldError:
    """One complaint of FastAPI's validation.

    Attributes:
        location: Where, for example ``("body", "address", "city")`` or ``("query", "limit")``.
        message: What is wrong, in words.
        type: Pydantic's name of the error, for example ``missing``.
        input: What was sent there.
    """

    location: tuple[str | int, ...]
    message: str
    type: str
    input: object = None

    @property
    def name(self) -> str:
        """The location without its first part, dotted: ``address.city``."""
        return ".".join(str(part) for part in self.location[1:] or self.location)


def read_problem(response: httpx.Response) -> ProblemDetail:
    """The problem that an answer (already read) describes."""
    members = _json_object(response)
    detail = members.get("detail")
    return ProblemDetail(
        status=response.status_code,
        title=_text(members.get("title")) or _phrase(response),
        detail=_text(detail) if not isinstance(detail, list) else None,
        type=_text(members.get("type")) or "about:blank",
        instance=_text(members.get("instance")),
        extensions={name: value for name, value in members.items() if name not in _STANDARD_MEMBERS},
    )


def read_field_errors(response: httpx.Response) -> tuple[FieldError, ...]:
    """The fields that FastAPI's 422 names; empty if the answer is none of FastAPI's."""
    if response.status_code != HTTPStatus.UNPROCESSABLE_ENTITY:
        return ()
    detail = _json_object(response).get("detail")
    items: list[object] = cast("list[object]", detail) if isinstance(detail, list) else []
    return tuple(error for item in items if (error := _field_error(item)) is not None)


def _field_error(item: object) -> FieldError | None:
    if not isinstance(item, dict):
        return None
    members = cast("dict[str, Any]", item)
    location = members.get("loc")
    if not isinstance(location, list):
        return None
    return FieldError(
        location=tuple(cast("list[str | int]", location)),
        message=str(members.get("msg", "")),
        type=str(members.get("type", "")),
        input=members.get("input"),
    )


def _json_object(response: httpx.Response) -> dict[str, Any]:
    try:
        content = json.loads(response.content)
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, Any]", content) if isinstance(content, dict) else {}


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value)


def _phrase(response: httpx.Response) -> str:
    return response.reason_phrase or "Unknown status"
