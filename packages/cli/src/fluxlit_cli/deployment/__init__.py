"""Probes a deployed instance through its real proxy, and names the hop that breaks it."""

from fluxlit_cli.deployment.probe import probe_deployment

__all__ = ("probe_deployment",)
