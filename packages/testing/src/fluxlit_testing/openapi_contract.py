"""The API's contract in a file: compared with what the application says of itself, written when the author says so."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ("SHOWN_DIFFERENCES", "ContractFiles", "assert_contract", "differences")

SHOWN_DIFFERENCES = 40
"""How many differences a failure lists."""

_SHOWN_CHARACTERS = 100


class ContractFiles:
    """Where contracts are and whether they are written: set by the pytest plugin for the run."""

    folder = Path()
    """What relative names are relative to; by default the working directory."""
    update = False
    """Whether files are written instead of compared (`pytest --update-openapi`)."""


def assert_contract(
    document: Mapping[str, Any], name: str | Path, *, files: type[ContractFiles] = ContractFiles
) -> None:
    """Fail when an OpenAPI document is not what the file says; write the file when asked to.

    Raises:
        AssertionError: They differ (the message says where), or there is no file.
    """
    path = files.folder / name
    if files.update:
        _write(path, document)
        return
    if not path.is_file():
        raise AssertionError(f"there is no contract at {path}. Write it: pytest --update-openapi")
    found = list(differences(json.loads(path.read_text("utf-8")), document))
    if not found:
        return
    shown = [f"  {each}" for each in found[:SHOWN_DIFFERENCES]]
    if len(found) > len(shown):
        shown.append(f"  … and {len(found) - len(shown)} more")
    raise AssertionError(
        f"the API is not what {path.name} promises:\n"
        + "\n".join(shown)
        + "\nIf it shall be so, write the new contract and review it: pytest --update-openapi"
    )


def differences(promised: object, given: object, *, at: str = "") -> Iterator[str]:
    """What differs between two JSON values, one line for each place, with the way to it."""
    kinds = (type(promised), type(given))
    if kinds == (dict, dict):
        yield from _of_objects(cast("dict[str, object]", promised), cast("dict[str, object]", given), at)
    elif kinds == (list, list):
        yield from _of_lists(cast("list[object]", promised), cast("list[object]", given), at)
    elif promised != given or kinds[0] is not kinds[1]:
        yield f"changed  {at}: {_short(promised)} → {_short(given)}"


def _of_objects(promised: dict[str, object], given: dict[str, object], at: str) -> Iterator[str]:
    for name in dict.fromkeys([*promised, *given]):
        place = f"{at} > {name}" if at else name
        if name not in given:
            yield f"missing  {place}"
        elif name not in promised:
            yield f"new      {place}: {_short(given[name])}"
        else:
            yield from differences(promised[name], given[name], at=place)


def _of_lists(promised: list[object], given: list[object], at: str) -> Iterator[str]:
    if len(promised) != len(given):
        yield f"changed  {at}: {_short(promised)} → {_short(given)}"
        return
    for index, (one, other) in enumerate(zip(promised, given, strict=True)):
        yield from differences(one, other, at=f"{at}[{index}]")


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"


def _write(path: Path, document: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Parallel workers may write the same contract.
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", "utf-8")
    fresh.replace(path)
