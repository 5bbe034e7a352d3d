"""The rules of ``strict_startup``: configurations that start, and then surprise."""

from collections.abc import Callable, Iterator
from typing import Protocol
from urllib.parse import urlsplit

from pydantic_core import PydanticCustomError

__all__ = ("StrictlyChecked", "require_strict_startup")


class StrictlyChecked(Protocol):
    """The settings that the rules look at."""

    trust_proxy: bool
    forwarded_allow_ips: str | None
    gateway_max_proxy_request_body_bytes: int
    public_base_url: str

    def public_mount_path(self) -> str:
        """The public mount, raw."""
        ...

    @property
    def rejected_forward_headers(self) -> tuple[str, ...]:
        """Header names that may not be forwarded."""
        ...


def require_strict_startup(settings: StrictlyChecked) -> None:
    """Refuse the first rule that is broken.

    Raises:
        PydanticCustomError: Names the settings and the remedy.
    """
    for message in _broken_rules(settings):
        raise PydanticCustomError("strict_startup", "{message}", {"message": f"strict_startup: {message}"})


def _broken_rules(settings: StrictlyChecked) -> Iterator[str]:
    rules: tuple[Callable[[StrictlyChecked], Iterator[str]], ...] = (_proxy_rules, _mount_rules, _header_and_url_rules)
    for rule in rules:
        yield from rule(settings)


def _proxy_rules(settings: StrictlyChecked) -> Iterator[str]:
    if not settings.trust_proxy:
        return
    allowed = (settings.forwarded_allow_ips or "").strip()
    if allowed in {"", "*"}:
        yield (
            f"trust_proxy is on and forwarded_allow_ips is {allowed!r}, so any client can forge its address; "
            "name the proxy's address or network in FLUXLIT_FORWARDED_ALLOW_IPS."
        )
    if settings.gateway_max_proxy_request_body_bytes == 0:
        yield (
            "trust_proxy is on and request bodies are unlimited; "
            "set FLUXLIT_GATEWAY_MAX_PROXY_REQUEST_BODY_BYTES, such as 209715200."
        )


def _mount_rules(settings: StrictlyChecked) -> Iterator[str]:
    mount = settings.public_mount_path()
    if not mount.strip("/"):
        return
    if not settings.public_base_url:
        yield f"the application is mounted under {mount!r} without a public address; set FLUXLIT_PUBLIC_BASE_URL."
    if not settings.trust_proxy:
        yield f"the application is mounted under {mount!r} and trust_proxy is off; set FLUXLIT_TRUST_PROXY=1."


def _header_and_url_rules(settings: StrictlyChecked) -> Iterator[str]:
    if settings.rejected_forward_headers:
        names = ", ".join(settings.rejected_forward_headers)
        yield (
            f"gateway_forward_client_headers_to_streamlit names headers that are never forwarded: {names}; remove them."
        )
    path = urlsplit(settings.public_base_url).path.strip("/")
    mount = settings.public_mount_path().strip("/")
    if path and path != mount:
        yield (
            f"public_base_url {settings.public_base_url!r} has the path {'/' + path!r} and root_path is "
            f"{'/' + mount!r}; make them equal."
        )
