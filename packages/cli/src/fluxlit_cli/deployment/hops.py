"""Who answered: the proxy in front, or FluxLit behind it."""

from collections.abc import Mapping
from typing import Protocol

__all__ = ("Answer", "answered_by", "proxy_name")


class Answer(Protocol):
    """The part of an HTTP response that tells who sent it."""

    @property
    def status_code(self) -> int:
        """HTTP status."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers, found whatever their case."""
        ...

    @property
    def text(self) -> str:
        """The body."""
        ...


_PROXIES = {
    "nginx": "nginx",
    "openresty": "nginx (OpenResty)",
    "caddy": "Caddy",
    "cloudflare": "Cloudflare",
    "awselb": "the AWS load balancer",
    "envoy": "Envoy",
    "istio-envoy": "Envoy (Istio)",
    "traefik": "Traefik",
    "apache": "Apache httpd",
    "haproxy": "HAProxy",
    "microsoft-iis": "IIS",
}


def proxy_name(headers: Mapping[str, str]) -> str:
    """What the proxy in front calls itself, or ``the proxy``."""
    server = headers.get("server", "").lower()
    via = headers.get("via", "").lower()
    for marker, name in _PROXIES.items():
        if server.startswith(marker) or marker in via:
            return name
    return "the proxy"


def answered_by(answer: Answer) -> str:
    """``FluxLit``, or the name of the proxy that answered in its place."""
    if "x-request-id" in answer.headers or "FLUXLIT_" in answer.text[:2000] or '"not_ready"' in answer.text[:2000]:
        return "FluxLit"
    return proxy_name(answer.headers)
