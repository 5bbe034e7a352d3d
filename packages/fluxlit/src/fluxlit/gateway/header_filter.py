"""The documented module path of the header filter; the code is `fluxlit_gateway`'s."""

from fluxlit_gateway.headers.header_filter import filter_request_headers

__all__ = ("filter_request_headers",)
