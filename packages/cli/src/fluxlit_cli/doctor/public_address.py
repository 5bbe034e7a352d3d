"""Checks of the public address, the mount and the proxies in front."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from fluxlit_cli.configuration.warnings import is_absolute_url, normal_mount
from fluxlit_cli.doctor.check import Examination, Result, Status, failed, passed, strictly, warned

__all__ = (
    "forwarded_allow_ips",
    "max_proxy_body",
    "oauth_public_base_url",
    "overview",
    "proxy_headers",
    "public_base_url",
    "public_base_url_precedence",
)


def overview(examination: Examination) -> Iterator[Result]:
    """What the application is configured to, for the reader."""
    if examination.app is None:
        return
    settings = examination.settings
    yield passed("config.api_mount_path", settings.api_mount_path)
    yield passed("config.url_session", f"query parameter {settings.url_session_query_param!r}")
    yield passed("config.root_path", _mount(examination) or "/ (root)")
    yield passed("config.trust_proxy", str(settings.trust_proxy).lower())
    yield passed("config.public_base_url", settings.public_base_url or "unset: each request's own address")


def _mount(examination: Examination) -> str:
    return normal_mount(examination.settings.public_mount_path())


def public_base_url_precedence(examination: Examination) -> Iterator[Result]:
    """Two variables that say different things."""
    if examination.app is None:
        return
    ours = examination.environ.get("FLUXLIT_PUBLIC_BASE_URL", "").strip()
    general = examination.environ.get("PUBLIC_BASE_URL", "").strip()
    if not ours and not general:
        return
    name = "public_base_url_precedence"
    if ours and general and ours != general:
        status = Status.FAIL if examination.strict or examination.settings.strict_public_base_url else Status.WARN
        detail = f"FLUXLIT_PUBLIC_BASE_URL={ours!r} wins over PUBLIC_BASE_URL={general!r}"
        yield Result(name, status, detail, "Set both to the same address, or unset PUBLIC_BASE_URL.")
    else:
        yield passed(name, f"{ours or general} from {'FLUXLIT_PUBLIC_BASE_URL' if ours else 'PUBLIC_BASE_URL'}")


def oauth_public_base_url(examination: Examination) -> Iterator[Result]:
    """Login redirects need to know the public address."""
    if examination.app is not None and _mount(examination) and not examination.settings.public_base_url:
        yield strictly(
            examination,
            "oauth_public_base_url",
            detail=f"mounted under {_mount(examination)!r} without a public address",
            remedy=f"Set FLUXLIT_PUBLIC_BASE_URL, such as https://example.org{_mount(examination)}.",
        )


def proxy_headers(examination: Examination) -> Iterator[Result]:
    """A mount is usually behind a proxy, whose headers are wanted."""
    if examination.app is None or not _mount(examination):
        return
    if examination.settings.trust_proxy:
        yield passed("proxy_headers", "forwarding headers are believed")
    else:
        yield strictly(
            examination,
            "proxy_headers",
            detail=f"mounted under {_mount(examination)!r} and trust_proxy is off",
            remedy="Set FLUXLIT_TRUST_PROXY=1 and FLUXLIT_FORWARDED_ALLOW_IPS.",
        )


def forwarded_allow_ips(examination: Examination) -> Iterator[Result]:
    """Whom to believe."""
    if examination.app is None or not examination.settings.trust_proxy:
        return
    allowed = (examination.settings.forwarded_allow_ips or "").strip()
    if allowed in {"", "*"}:
        found = "any peer is believed" if allowed else "unset: only 127.0.0.1 is believed"
        yield strictly(
            examination,
            "forwarded_allow_ips",
            detail=found,
            remedy="Name the proxy's address or network in FLUXLIT_FORWARDED_ALLOW_IPS.",
        )
    else:
        yield passed("forwarded_allow_ips", allowed)


def max_proxy_body(examination: Examination) -> Iterator[Result]:
    """Uploads without a bound."""
    if examination.app is None or not examination.settings.trust_proxy:
        return
    if examination.settings.gateway_max_proxy_request_body_bytes == 0:
        yield strictly(
            examination,
            "gateway_max_proxy_body",
            detail="uploads are unlimited",
            remedy="Set FLUXLIT_GATEWAY_MAX_PROXY_REQUEST_BODY_BYTES, such as 209715200.",
        )


def public_base_url(examination: Examination) -> Iterator[Result]:
    """The public address agrees with the mount."""
    if examination.app is None or not examination.settings.public_base_url:
        return
    url: str = examination.settings.public_base_url
    name = "public_base_url"
    if not is_absolute_url(url):
        yield failed(name, f"{url!r} is no absolute URL", "Begin it with https:// or http://.")
        return
    path = normal_mount(str(urlsplit(url).path))
    if path and _mount(examination) and path != _mount(examination):
        yield strictly(
            examination,
            name,
            detail=f"its path {path!r} is not the mount {_mount(examination)!r}",
            remedy="Make FLUXLIT_PUBLIC_BASE_URL's path and FLUXLIT_ROOT_PATH equal.",
        )
    elif path and not _mount(examination):
        yield warned(
            name, f"{url} has a path and the application is mounted at the root", f"Set FLUXLIT_ROOT_PATH={path}."
        )
    else:
        yield passed(name, url)
