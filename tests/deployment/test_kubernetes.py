"""The Kubernetes manifests: schemas, references between them, security and times."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import kubernetes_validate
import yaml

if TYPE_CHECKING:
    from pathlib import Path

Manifests = dict[str, dict[str, Any]]


def test_every_manifest_meets_the_schema_of_its_kind(examples: Path) -> None:
    files = [path for path in (examples / "kubernetes").glob("*.yaml") if path.stem != "kustomization"]
    kinds: set[str] = set()
    for path in files:
        manifest = yaml.safe_load(path.read_text("utf-8"))
        kinds.add(manifest["kind"])
        if manifest["kind"] == "ServiceMonitor":  # of the Prometheus operator, with a schema of its own
            continue
        if manifest["kind"] == "Deployment":  # kustomize adds the labels and the selector
            label = {"app.kubernetes.io/name": "portal"}
            manifest["spec"]["selector"] = {"matchLabels": label}
            manifest["spec"]["template"]["metadata"] = {"labels": label}
        kubernetes_validate.validate(manifest, "1.31", strict=True)

    assert kinds == {
        "ConfigMap",
        "Deployment",
        "HorizontalPodAutoscaler",
        "Ingress",
        "Namespace",
        "NetworkPolicy",
        "PodDisruptionBudget",
        "Service",
        "ServiceMonitor",
    }


def test_what_kustomize_makes_fits_together(manifests: Manifests) -> None:
    labels = manifests["Deployment"]["spec"]["template"]["metadata"]["labels"]

    assert {each["metadata"].get("namespace", "portal") for each in manifests.values()} == {"portal"}
    assert manifests["Service"]["spec"]["selector"].items() <= labels.items()
    for kind, path in {
        "PodDisruptionBudget": "selector",
        "ServiceMonitor": "selector",
        "NetworkPolicy": "podSelector",
    }.items():
        assert manifests[kind]["spec"][path]["matchLabels"].items() <= labels.items()
    assert manifests["HorizontalPodAutoscaler"]["spec"]["scaleTargetRef"]["name"] == "portal"
    (rule,) = manifests["Ingress"]["spec"]["rules"]
    assert rule["http"]["paths"][0]["backend"]["service"] == {"name": "portal", "port": {"name": "http"}}
    assert [port["name"] for port in manifests["Service"]["spec"]["ports"]] == ["http"]


def test_a_pod_has_no_rights_that_it_does_not_need(pod: dict[str, Any]) -> None:
    (container,) = pod["containers"]
    security = container["securityContext"]

    assert (pod["securityContext"]["runAsNonRoot"], pod["automountServiceAccountToken"]) == (True, False)
    assert (security["readOnlyRootFilesystem"], security["allowPrivilegeEscalation"]) == (True, False)
    assert security["capabilities"] == {"drop": ["ALL"]}
    # A read-only root leaves these two to write to: the private runtime folder, uploads, and the home's caches.
    assert {mount["mountPath"] for mount in container["volumeMounts"]} == {"/tmp", "/home/app"}
    assert not container["image"].endswith(":latest")


def test_settings_exist_and_paths_are_fluxlits(manifests: Manifests, pod: dict[str, Any], settings_of: Any) -> None:
    settings = settings_of(manifests["ConfigMap"]["data"].items())
    (container,) = pod["containers"]
    probes = [container[name]["httpGet"]["path"] for name in ("startupProbe", "readinessProbe", "livenessProbe")]

    assert probes == ["/api/startupz", "/api/readyz", "/api/healthz"]
    assert settings.gateway_host == "0.0.0.0"
    assert settings.trust_proxy
    assert settings.forwarded_allow_ips not in {None, "*"}
    assert manifests["ServiceMonitor"]["spec"]["endpoints"][0]["path"] == settings.gateway_prometheus_metrics_path
    assert container["env"][0]["name"] == "FLUXLIT_SESSION_STORE"


def test_the_grace_period_covers_everything_that_comes_before_the_end(
    manifests: Manifests, pod: dict[str, Any], settings_of: Any
) -> None:
    settings = settings_of(manifests["ConfigMap"]["data"].items())
    waits = int(pod["containers"][0]["lifecycle"]["preStop"]["exec"]["command"][1])

    # Half a second is what `fluxlit run` allows itself besides; see stop_seconds of its serving module.
    stopping = settings.uvicorn_graceful_shutdown_timeout_s + settings.sidecar_stop_timeout_s
    needed = waits + settings.shutdown_delay_s + stopping + 1
    assert pod["terminationGracePeriodSeconds"] > needed
    assert manifests["Deployment"]["spec"]["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}
