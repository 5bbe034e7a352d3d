"""Variables that begin with ``FLUXLIT_`` and are no settings."""

import re

__all__ = ("RUNTIME_VARIABLES", "is_foreign_variable")

RUNTIME_VARIABLES = frozenset(
    {
        "FLUXLIT_ALLOW_UNIFIED_UVICORN_MULTIWORKER",
        "FLUXLIT_API_PREFIX",
        "FLUXLIT_APP",
        "FLUXLIT_COMMAND_LINE",
        "FLUXLIT_DEVELOPMENT",
        "FLUXLIT_DISABLE_URL_SESSION",
        "FLUXLIT_FORCE_URL_SESSION_IN_TESTS",
        "FLUXLIT_INTERNAL_API_BASE",
        "FLUXLIT_INTERNAL_API_SECRET",
        "FLUXLIT_NO_PIDFILE",
        "FLUXLIT_PAGE_ERROR_DETAILS",
        "FLUXLIT_PIDFILE",
        "FLUXLIT_SCRIPT",
        "FLUXLIT_STREAMLIT_UPSTREAM",
        "FLUXLIT_STREAMLIT_UPSTREAM_FILE",
        "FLUXLIT_TESTS",
        "FLUXLIT_TEST_PAGE_OVERRIDES",
    }
)
"""Read or set by FluxLit itself, beside the settings."""

# Our own processes hand each other variables under these prefixes; the settings of sidecars begin as listed.
_INTERNAL = re.compile(
    r"^FLUXLIT_((BENCH|CHILD|CLI|DEMO|E2E|INTERNAL|TEST)_|SIDECAR_(?!DRAIN|MAX|START|STOP|WARM))", re.IGNORECASE
)

# A Kubernetes service named "fluxlit" puts these into every pod of its namespace.
# https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
_SERVICE_LINK = re.compile(r"^FLUXLIT(_[A-Z0-9_]+)?_(SERVICE_(HOST|PORT)(_\w+)?|PORT(_\d+_(TCP|UDP|SCTP)(_\w+)?)?)$")


def is_foreign_variable(name: str) -> bool:
    """Whether the environment variable ``name`` is known to be something else than a setting."""
    upper = name.upper()
    return upper in RUNTIME_VARIABLES or bool(_INTERNAL.match(upper) or _is_service_link(upper))


def _is_service_link(name: str) -> bool:
    return bool(_SERVICE_LINK.match(name)) and name != "FLUXLIT_GATEWAY_PORT"
