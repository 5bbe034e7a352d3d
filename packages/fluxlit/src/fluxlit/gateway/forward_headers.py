"""The documented module path of the header allowlist; the code is `fluxlit_gateway`'s."""

from fluxlit_gateway import (
    merge_allowlisted_browser_headers,
    normalize_gateway_forward_header_allowlist,
    rejected_gateway_forward_header_allowlist,
)

__all__ = (
    "merge_allowlisted_browser_headers",
    "normalize_gateway_forward_header_allowlist",
    "rejected_gateway_forward_header_allowlist",
)
