"""The documented module path for API routers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ("router",)


def router(*, prefix: str = "", tags: Sequence[str] | None = None) -> APIRouter:
    """A FastAPI router, for `app.api.include_router(...)`.

    Args:
        prefix: Of all its paths, such as `/users`.
        tags: Of its routes in the API's documentation.
    """
    return APIRouter(prefix=prefix, tags=list(tags) if tags is not None else None)
