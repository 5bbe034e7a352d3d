"""Checks of the pages."""

from collections.abc import Iterator

from fluxlit_cli.doctor.check import Examination, Result, failed, passed, warned

__all__ = ("experimental_yield_pages", "pages_validate")


def pages_validate(examination: Examination) -> Iterator[Result]:
    """As ``fluxlit pages validate``."""
    if examination.app is None or not examination.with_pages:
        return
    from fluxlit_pages import validate_fluxlit_pages  # noqa: PLC0415 -- heavy, and only this check needs it

    problems = validate_fluxlit_pages(examination.app)
    if problems:
        yield failed("pages_validate", "; ".join(problems), "Correct the pages; 'fluxlit pages validate' lists all.")
    else:
        yield passed("pages_validate", f"{len(examination.app.pages)} pages")


def experimental_yield_pages(examination: Examination) -> Iterator[Result]:
    """An experimental switch."""
    if examination.app is not None and examination.with_pages and examination.settings.experimental_yield_pages:
        yield warned(
            "experimental_yield_pages",
            "generator pages are experimental",
            "Return the metadata instead, or unset FLUXLIT_EXPERIMENTAL_YIELD_PAGES.",
        )
