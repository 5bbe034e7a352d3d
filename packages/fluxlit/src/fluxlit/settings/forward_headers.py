"""Which client headers may be let through to Streamlit by configuration; the rules are the gateway's."""

from collections.abc import Iterable

from fluxlit_gateway.headers.forward_headers import normalize_gateway_forward_header_allowlist

__all__ = ("sort_header_names",)


def sort_header_names(names: Iterable[str]) -> tuple[list[str], tuple[str, ...]]:
    """The names that are allowed and those that are not (blocked or malformed): lower case, once each, sorted.

    Raises:
        fluxlit_gateway.GatewayConfigurationError: More than 32 names are allowed.
    """
    lowered = {name.strip().lower() for name in names if name.strip()}
    allowed = normalize_gateway_forward_header_allowlist(lowered)
    return allowed, tuple(sorted(lowered.difference(allowed)))
