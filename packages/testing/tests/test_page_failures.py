"""A page that raises fails its test, with the way through the application's own code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fluxlit_testing import FluxLitTestClient
from fluxlit_testing.errors import PageFailedError

if TYPE_CHECKING:
    from conftest import Shop

    from fluxlit_pages import PageFailure


def test_a_page_that_raises_fails_with_its_own_traceback(shop: Shop) -> None:
    with pytest.raises(PageFailedError) as failure:
        FluxLitTestClient(shop.app).page("/broken")

    message = str(failure.value)
    assert "the page raised LookupError: the till is empty" in message
    assert 'raise LookupError("the till is empty")' in message
    assert "site-packages" not in message
    assert isinstance(failure.value.__cause__, LookupError)
    assert isinstance(failure.value, AssertionError)


def test_a_failure_can_be_looked_at_instead(shop: Shop) -> None:
    at = FluxLitTestClient(shop.app).page("/broken", raise_errors=False)

    assert at.exception[0].value == "the till is empty"
    assert isinstance(at.page_error, LookupError)


def test_a_failing_callback_fails_the_run(shop: Shop) -> None:
    at = FluxLitTestClient(shop.app).page("/broken", session={"till": "full"})

    with pytest.raises(PageFailedError, match="the callback"):
        at.button[0].click().run()


def test_a_failure_that_the_application_hides_from_visitors_fails_the_test(shop: Shop) -> None:
    @shop.app.on_page_error
    def hide(_failure: PageFailure) -> bool:
        return True

    with pytest.raises(PageFailedError, match="the till is empty"):
        FluxLitTestClient(shop.app).page("/broken")


def test_what_an_endpoint_raises_for_a_page_is_raised_or_becomes_a_500(shop: Shop) -> None:
    at = FluxLitTestClient(shop.app).page()
    with pytest.raises(PageFailedError, match="no such warehouse"):
        at.button[0].click().run()

    at = FluxLitTestClient(shop.app, raise_server_exceptions=False).page()
    at.button[0].click().run()
    assert at.text[1].value == "API: 500"
