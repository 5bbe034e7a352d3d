"""One call replaces a dependency of API and pages, for as long as somebody wants it so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fluxlit_testing import FluxLitTestClient

if TYPE_CHECKING:
    from conftest import Shop


def goods(client: FluxLitTestClient) -> object:
    return client.api_get("/stock").json()["goods"]


def test_api_and_pages_get_the_value_at_once(shop: Shop) -> None:
    client = FluxLitTestClient(shop.app)
    client.override(shop.stock, ["cake"])

    at = client.page("/")

    assert at.title[0].value == "cake"
    assert at.text[0].value == "API: cake of None"


def test_an_override_ends_with_its_block(shop: Shop) -> None:
    client = FluxLitTestClient(shop.app)
    with client.override(shop.stock, ["cake"]):
        with client.override(shop.stock, ["pie"]):
            assert goods(client) == ["pie"]
        assert goods(client) == ["cake"]

    assert goods(client) == ["bread"]


def test_an_override_ends_with_its_client(shop: Shop) -> None:
    with FluxLitTestClient(shop.app) as client:
        client.override(shop.stock, ["cake"])
        assert goods(client) == ["cake"]

    assert not shop.app.api.dependency_overrides
    assert not shop.app.page_registry.dependency_overrides
    assert goods(client) == ["bread"]


def test_what_the_application_itself_had_replaced_stays(shop: Shop) -> None:
    shop.app.api.dependency_overrides[shop.stock] = lambda: ["flour"]
    client = FluxLitTestClient(shop.app)

    client.override(shop.stock, ["cake"]).undo()

    assert goods(client) == ["flour"]


def test_a_page_can_have_overrides_of_its_own(shop: Shop) -> None:
    client = FluxLitTestClient(shop.app)

    at = client.page("/", overrides={shop.stock: ["cake"]})

    assert (at.title[0].value, at.text[0].value) == ("cake", "API: cake of None")
    assert goods(client) == ["bread"]


def test_parameters_of_a_page_are_replaced_by_their_name(shop: Shop) -> None:
    at = FluxLitTestClient(shop.app).page("/basket", overrides={"owner": "Ada"})

    assert at.title[0].value == "Basket of Ada"


def test_overrides_are_undone_when_the_block_fails(shop: Shop) -> None:
    def fail() -> None:
        with FluxLitTestClient(shop.app) as client:
            client.override(shop.stock, ["cake"])
            client.api_get("/broken")

    with pytest.raises(ArithmeticError):
        fail()

    assert not shop.app.api.dependency_overrides
