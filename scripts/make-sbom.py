"""Write a CycloneDX list of what an installation of FluxLit consists of, read from this environment.

    python scripts/make-sbom.py dist/fluxlit.cdx.json

Only FluxLit and what it needs is listed, not the tools of this workspace. Nothing is asked of the network.
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

__all__ = ("bill_of_materials", "installed_with")

ROOTS = ("fluxlit[auth,metrics,otel,redis]",)


def installed_with(roots: tuple[str, ...]) -> dict[str, tuple[Distribution, set[str]]]:
    """Each distribution that `roots` need here, by name, and the names of those that it needs itself."""
    found: dict[str, tuple[Distribution, set[str]]] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    waiting = [Requirement(root) for root in roots]
    while waiting:
        wanted = waiting.pop()
        name, extras = canonicalize_name(wanted.name), frozenset(wanted.extras)
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        try:
            here = distribution(name)
        except PackageNotFoundError:  # for another platform
            continue
        _, needs = found.setdefault(name, (here, set()))
        for text in here.requires or ():
            need = Requirement(text)
            if need.marker and not any(need.marker.evaluate({"extra": extra}) for extra in (extras or {""})):
                continue
            needs.add(canonicalize_name(need.name))
            waiting.append(need)
    return found


def bill_of_materials(found: dict[str, tuple[Distribution, set[str]]]) -> dict[str, Any]:
    """The list in CycloneDX 1.5 JSON; the same environment gives the same bytes."""
    addresses = {name: f"pkg:pypi/{name}@{each.version}" for name, (each, _) in found.items()}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": _component("fluxlit", found["fluxlit"][0], addresses, kind="application")},
        "components": [_component(name, found[name][0], addresses) for name in sorted(found)],
        "dependencies": [
            {"ref": addresses[name], "dependsOn": sorted(addresses[need] for need in found[name][1] if need in found)}
            for name in sorted(found)
        ],
    }


def _component(
    name: str, installed: Distribution, addresses: dict[str, str], *, kind: str = "library"
) -> dict[str, Any]:
    component: dict[str, Any] = {"type": kind, "name": name, "version": installed.version, "purl": addresses[name]}
    component["bom-ref"] = addresses[name] if kind == "library" else f"{addresses[name]}#application"
    licence = installed.metadata.json.get("license_expression")
    return component | ({"licenses": [{"expression": licence}]} if licence else {})


def main(arguments: list[str]) -> int:
    """Write the list to the file that is named."""
    target = Path(arguments[0] if arguments else "dist/fluxlit.cdx.json")
    target.parent.mkdir(parents=True, exist_ok=True)
    bill = bill_of_materials(installed_with(ROOTS))
    target.write_text(json.dumps(bill, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    print(f"{target}: {len(bill['components'])} components")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
