"""What is odd about a configuration that is valid: each finding with a code, a sentence and where to read on."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

__all__ = (
    "ConfigurationWarning",
    "collect_configuration_warnings",
    "is_absolute_url",
    "normal_mount",
    "project_file_mount_warnings",
)

_SETTINGS_PAGE = "reference/settings.md"


@dataclass(frozen=True)
class ConfigurationWarning:
    """One finding.

    Attributes:
        level: ``warn``, or ``error`` for what cannot work.
        code: A stable name for scripts.
        message: A sentence with the remedy.
        doc: Page of the documentation.
    """

    level: Literal["warn", "error"]
    code: str
    message: str
    doc: str = _SETTINGS_PAGE

    def as_dict(self) -> dict[str, str]:
        """The finding, ready for JSON."""
        return asdict(self)


def normal_mount(path: str) -> str:
    """``/apps/sales`` for ``apps/sales/``; the empty string for the root."""
    text = path.strip().strip("/")
    return f"/{text}" if text else ""


def is_absolute_url(url: str) -> bool:
    """Whether ``url`` has an HTTP scheme and a host."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)


def project_file_mount_warnings(project: Mapping[str, Any] | None) -> list[ConfigurationWarning]:
    """Nothing: mounts in the project file take effect like every other setting. Kept for those who call it."""
    del project
    return []


def collect_configuration_warnings(
    settings: Any, environ: Mapping[str, str] | None = None
) -> list[ConfigurationWarning]:
    """Every finding about ``settings``.

    Args:
        settings: The application's settings.
        environ: Environment variables (default: this process's).
    """
    environ = os.environ if environ is None else environ
    return [
        *_internal_api(settings, environ),
        *_proxy(settings),
        *_public_url(settings),
        *_mount(settings),
        *_headers(settings),
    ]


def _internal_api(settings: Any, environ: Mapping[str, str]) -> Iterator[ConfigurationWarning]:
    ambient = environ.get("FLUXLIT_INTERNAL_API_BASE", "").strip()
    if not ambient or ambient.startswith("http+unix://"):
        return
    if not is_absolute_url(ambient):
        yield ConfigurationWarning(
            "error",
            "internal_api_base_invalid",
            f"FLUXLIT_INTERNAL_API_BASE={ambient!r} is no absolute URL; unset it, FluxLit sets it for its pages.",
        )
        return
    path = urlsplit(ambient).path.rstrip("/")
    mount = normal_mount(settings.api_mount_path)
    if path != mount:
        yield ConfigurationWarning(
            "warn",
            "internal_api_base_path",
            f"FLUXLIT_INTERNAL_API_BASE={ambient!r} ends in {path!r} and the API is mounted at {mount!r}; unset it.",
        )
    elif urlsplit(ambient).port not in {None, settings.gateway_port}:
        yield ConfigurationWarning(
            "warn",
            "internal_api_base_mismatch",
            f"FLUXLIT_INTERNAL_API_BASE={ambient!r} names another port than gateway_port={settings.gateway_port}; "
            "unset it.",
        )


def _proxy(settings: Any) -> Iterator[ConfigurationWarning]:
    if not settings.trust_proxy:
        return
    if (settings.forwarded_allow_ips or "").strip() == "*":
        yield ConfigurationWarning(
            "warn",
            "forwarded_allow_ips_broad",
            "forwarded_allow_ips='*' believes every client's forwarding headers; name the proxy's address or network.",
        )
    if settings.gateway_max_proxy_request_body_bytes == 0:
        yield ConfigurationWarning(
            "warn",
            "gateway_max_body_unlimited_trust_proxy",
            "Uploads are unlimited behind a proxy; set gateway_max_proxy_request_body_bytes, such as 209715200.",
        )


def _public_url(settings: Any) -> Iterator[ConfigurationWarning]:
    url: str = settings.public_base_url
    mount = normal_mount(settings.public_mount_path())
    if not url:
        if mount:
            yield ConfigurationWarning(
                "warn",
                "oauth_public_base_url",
                f"The application is mounted under {mount!r} without public_base_url, so login redirects are built "
                "from each request; set it, such as https://example.org" + mount + ".",
            )
        return
    if not is_absolute_url(url):
        yield ConfigurationWarning(
            "error", "public_base_url_invalid", f"public_base_url={url!r} is no absolute URL; begin it with https://."
        )
        return
    path = normal_mount(urlsplit(url).path)
    if path and mount and path != mount:
        yield ConfigurationWarning(
            "warn",
            "public_base_url_path_mismatch",
            f"public_base_url={url!r} has the path {path!r} and the application is mounted under {mount!r}; "
            "make them equal.",
        )
    elif path and not mount and not path.endswith(normal_mount(settings.api_mount_path)):
        yield ConfigurationWarning(
            "warn",
            "public_base_url_missing_api_prefix",
            f"public_base_url={url!r} has a path and the application is mounted at the root; set root_path={path!r}.",
        )


def _mount(settings: Any) -> Iterator[ConfigurationWarning]:
    if normal_mount(settings.public_mount_path()) and not settings.trust_proxy:
        yield ConfigurationWarning(
            "warn",
            "subpath_without_trust_proxy",
            "The application is mounted below a path and trust_proxy is off, so it does not see the client's address "
            "and scheme; set trust_proxy and forwarded_allow_ips.",
        )


def _headers(settings: Any) -> Iterator[ConfigurationWarning]:
    if settings.cors_allow_origins and not settings.enable_security_headers:
        yield ConfigurationWarning(
            "warn",
            "cors_without_security_headers",
            "Other origins may call the API and security headers are off; set enable_security_headers.",
        )
    if settings.enable_security_headers and any(key.lower() == "csp" for key in settings.streamlit_page_config):
        yield ConfigurationWarning(
            "warn",
            "csp_with_security_headers",
            "streamlit_page_config has a key 'csp', which Streamlit does not know; set content_security_policy.",
        )
    rejected = getattr(settings, "rejected_forward_headers", ())
    if rejected:
        yield ConfigurationWarning(
            "warn",
            "gateway_forward_blocked_names",
            "gateway_forward_client_headers_to_streamlit names headers that are never forwarded: "
            f"{', '.join(rejected)}; remove them.",
        )
