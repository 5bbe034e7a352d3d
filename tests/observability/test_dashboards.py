"""Dashboard and alerts name metrics and labels that exist."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from fluxlit_gateway.metrics import METRICS

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "observability"
KNOWN = {metric.name: metric for metric in METRICS}


def expressions() -> list[str]:
    dashboard: dict[str, Any] = json.loads((EXAMPLE / "dashboard.json").read_text("utf-8"))
    shown = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    alerts: dict[str, Any] = yaml.safe_load((EXAMPLE / "alerts.yaml").read_text("utf-8"))
    return shown + [rule["expr"] for group in alerts["groups"] for rule in group["rules"]]


def names_in(expression: str) -> set[str]:
    return set(re.findall(r"\bfluxlit_\w+", expression))


def metric_of(name: str) -> Any:
    return KNOWN.get(name) or KNOWN[re.sub(r"_(bucket|count|sum)$", "", name)]


@pytest.mark.parametrize("expression", expressions())
def test_an_expression_names_what_exists(expression: str) -> None:
    metrics = [metric_of(name) for name in names_in(expression)]
    assert metrics
    known = {label for metric in metrics for label in metric.labels} | {"le"}
    grouped = {label.strip() for group in re.findall(r"by \(([^)]*)\)", expression) for label in group.split(",")}
    matched = set(re.findall(r"[{,]\s*(\w+)=", expression))
    assert grouped | matched <= known


def test_every_metric_is_on_the_dashboard() -> None:
    dashboard = (EXAMPLE / "dashboard.json").read_text("utf-8")
    assert not [name for name in KNOWN if name not in dashboard]


def test_prometheus_reads_the_alert_rules_beside_it() -> None:
    configuration: dict[str, Any] = yaml.safe_load((EXAMPLE / "prometheus.yaml").read_text("utf-8"))
    assert all((EXAMPLE / name).is_file() for name in configuration["rule_files"])
