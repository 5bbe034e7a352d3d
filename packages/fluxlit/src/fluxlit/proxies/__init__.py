"""What proxies in front say about a request: which of them are believed, and how their headers are read."""

from fluxlit.proxies.trusted import TrustedProxies

__all__ = ("TrustedProxies",)
