"""The API against its contract in a file: the same, different in ways that are told, or written anew."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from fastapi import FastAPI

from fluxlit_testing import FluxLitTestClient
from fluxlit_testing.openapi_contract import SHOWN_DIFFERENCES, ContractFiles, assert_contract, differences

if TYPE_CHECKING:
    from pathlib import Path


class Application:
    """An API of one route."""

    def __init__(self, answer: type = str) -> None:
        self.api = FastAPI(title="Portal", version="1")
        self.api.add_api_route("/users", lambda: None, response_model=list[answer], operation_id="users")


@pytest.fixture
def writing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ContractFiles, "update", True)


@pytest.fixture
def contract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A written contract, below the folder that relative names are relative to."""
    monkeypatch.setattr(ContractFiles, "folder", tmp_path)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(ContractFiles, "update", True)
        FluxLitTestClient(Application()).assert_openapi_matches("contracts/openapi.json")
    return tmp_path / "contracts" / "openapi.json"


def test_a_contract_that_was_written_is_kept(contract: Path) -> None:
    assert json.loads(contract.read_text())["info"]["title"] == "Portal"
    assert [each.name for each in contract.parent.iterdir()] == ["openapi.json"]

    FluxLitTestClient(Application()).assert_openapi_matches("contracts/openapi.json")


def test_a_change_is_told_by_its_place(contract: Path) -> None:
    with pytest.raises(AssertionError) as failure:
        FluxLitTestClient(Application(int)).assert_openapi_matches(contract)

    place = "paths > /users > get > responses > 200 > content > application/json > schema > items > type"
    assert f'{place}: "string" → "integer"' in str(failure.value)
    assert "pytest --update-openapi" in str(failure.value)


@pytest.mark.usefixtures("writing")
def test_a_contract_is_written_anew_on_request(contract: Path) -> None:
    FluxLitTestClient(Application(int)).assert_openapi_matches(contract)

    assert '"integer"' in contract.read_text()


def test_a_missing_contract_is_told_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=r"no contract at .*nothing\.json.*--update-openapi"):
        assert_contract({}, tmp_path / "nothing.json")


def test_a_failure_lists_only_so_many_differences(tmp_path: Path) -> None:
    path = tmp_path / "openapi.json"
    path.write_text("{}")

    with pytest.raises(AssertionError, match="… and 2 more"):
        assert_contract({str(number): number for number in range(SHOWN_DIFFERENCES + 2)}, path)


@pytest.mark.parametrize(
    ("promised", "given", "told"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": {"b": 1}}, {"a": {}}, ["missing  a > b"]),
        ({}, {"a": [1]}, ["new      a: [1]"]),
        ({"a": [1, 2]}, {"a": [1, 3]}, ["changed  a[1]: 2 → 3"]),
        ({"a": [1]}, {"a": [1, 2]}, ["changed  a: [1] → [1, 2]"]),
        ({"a": True}, {"a": 1}, ["changed  a: true → 1"]),
        ({"a": "x" * 200}, {"a": 1}, [f'changed  a: "{"x" * 99}… → 1']),
    ],
)
def test_differences(promised: Any, given: Any, told: list[str]) -> None:
    assert list(differences(promised, given)) == told
