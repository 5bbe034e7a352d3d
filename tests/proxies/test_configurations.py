"""The configurations of the proxies that are not installed: their form, and that what they refer to is there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "proxies"


def read(name: str) -> Any:
    return yaml.safe_load((EXAMPLES / name).read_text("utf-8"))


def test_traefiks_routers_refer_to_what_is_there() -> None:
    static, http = read("traefik/traefik.yaml"), read("traefik/fluxlit.yaml")["http"]

    for router in http["routers"].values():
        assert router["service"] in http["services"]
        assert set(router["entryPoints"]) <= set(static["entryPoints"])
        assert set(router.get("middlewares", [])) <= set(http["middlewares"])


def test_envoys_routes_refer_to_clusters_and_let_websockets_through() -> None:
    resources = read("envoy/envoy.yaml")["static_resources"]
    (chain,) = resources["listeners"][0]["filter_chains"]
    manager = chain["filters"][0]["typed_config"]
    clusters = {cluster["name"]: cluster["load_assignment"]["cluster_name"] for cluster in resources["clusters"]}
    routes = manager["route_config"]["virtual_hosts"][0]["routes"]

    assert all(name == assigned for name, assigned in clusters.items())
    assert {route["route"]["cluster"] for route in routes if "route" in route} == set(clusters)
    assert {"upgrade_type": "websocket"} in manager["upgrade_configs"]
    # The longest path first: Envoy takes the first route that matches.
    assert [next(iter(route["match"].values())) for route in routes] == ["/apps/my-app", "/apps/my-app/", "/"]


def test_the_readme_lists_every_configuration() -> None:
    readme = (EXAMPLES / "README.md").read_text("utf-8")
    files = [path.relative_to(EXAMPLES).as_posix() for path in EXAMPLES.rglob("*.*") if path.name != "README.md"]

    assert [name for name in files if f"({name})" not in readme] == []
