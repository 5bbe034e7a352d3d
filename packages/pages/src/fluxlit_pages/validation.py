"""Every reason why the pages of an application would not work, for ``fluxlit pages validate`` and ``doctor``."""

from __future__ import annotations

import json
import warnings
from typing import TYPE_CHECKING

from fluxlit_pages.errors import PageRegistrationError
from fluxlit_pages.manifest import build_page_manifest
from fluxlit_pages.menu.menu_plan import build_menu
from fluxlit_pages.page_record import require_single_segment
from fluxlit_pages.signature import signature_problems

if TYPE_CHECKING:
    from fluxlit_pages.page_app import PageApp
    from fluxlit_pages.page_record import PageRecord

__all__ = ("validate_fluxlit_pages",)


def validate_fluxlit_pages(app: PageApp, *, strict_signatures: bool | None = None) -> list[str]:
    """Look for duplicate paths, clashing slugs, nested paths and an unusable manifest.

    Args:
        app: The application.
        strict_signatures: Whether to look at every page's parameters and at links among children too; by default
            the setting ``strict_page_signatures`` decides.

    Returns:
        One sentence per problem; empty if there is none.
    """
    records = app.page_registry.records
    problems = _address_problems(records)
    strict = app.settings.strict_page_signatures if strict_signatures is None else strict_signatures
    if strict:
        problems += [str(problem) for record in records for problem in signature_problems(record.fn, app)]
        problems += _menu_problems(app)
    try:
        json.dumps(build_page_manifest(app))
    except (TypeError, ValueError) as error:
        problems.append(f"The page manifest is not JSON: {error}. Use plain values in page_meta.children.")
    return problems


def _address_problems(records: list[PageRecord]) -> list[str]:
    problems: list[str] = []
    paths: set[str] = set()
    slugs: dict[str, str] = {}
    for record in records:
        try:
            require_single_segment(record.path)
        except PageRegistrationError as error:
            problems.append(str(error))
        if record.path in paths:
            problems.append(f"Page path {record.path!r} is registered twice ({record.location}).")
        elif record.slug in slugs:
            problems.append(f"Page paths {slugs[record.slug]!r} and {record.path!r} lead to {record.slug!r} both.")
        paths.add(record.path)
        slugs.setdefault(record.slug, record.path)
    return problems


def _menu_problems(app: PageApp) -> list[str]:
    registry = app.page_registry
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        build_menu(registry.records, registry.links, model=registry.navigation)
    return [str(warning.message) for warning in caught]
