"""Checks of what authentication and metrics need."""

import importlib.util
from collections.abc import Iterator

from fluxlit_cli.doctor.check import Examination, Result, failed, passed, warned

__all__ = ("auth_extra", "jwt_clock_skew", "metrics_extra")


def _auth_variables(examination: Examination) -> list[str]:
    prefixes = ("FLUXLIT_JWT_", "FLUXLIT_OIDC_")
    return sorted(name for name, value in examination.environ.items() if name.upper().startswith(prefixes) and value)


def jwt_clock_skew(examination: Examination) -> Iterator[Result]:
    """Tokens are checked against this machine's clock."""
    found = _auth_variables(examination)
    if found:
        yield warned(
            "jwt_clock_skew",
            f"tokens are checked ({', '.join(found)}), so this machine's clock must be right",
            "Keep NTP running; FLUXLIT_JWT_LEEWAY_SECONDS allows a difference of some seconds.",
        )
    else:
        yield passed("jwt_clock_skew", "no token settings in the environment")


def auth_extra(examination: Examination) -> Iterator[Result]:
    """Whether the JOSE library is there when tokens are checked."""
    if not _auth_variables(examination):
        return
    if importlib.util.find_spec("joserfc") is None:
        yield failed("fluxlit_auth_extra", "joserfc is missing", "pip install 'fluxlit[auth]'.")
    else:
        yield passed("fluxlit_auth_extra", "joserfc is installed")


def metrics_extra(examination: Examination) -> Iterator[Result]:
    """Whether the metrics library is there when metrics are on."""
    if examination.app is None or not examination.settings.enable_gateway_prometheus_metrics:
        return
    if importlib.util.find_spec("prometheus_client") is None:
        yield failed("fluxlit_metrics_extra", "prometheus-client is missing", "pip install 'fluxlit[metrics]'.")
    else:
        yield passed("fluxlit_metrics_extra", "prometheus-client is installed")
