"""The HTTP half of the probe: routing, readiness, uploads, cookies, scheme, prefix, headers."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urljoin, urlsplit
from uuid import uuid4

from fluxlit_cli.deployment.hops import answered_by
from fluxlit_cli.doctor.check import Result, failed, passed, warned
from fluxlit_cli.http_library import httpx

__all__ = (
    "HTTP_CHECKS",
    "Deployment",
    "api_route",
    "cookies",
    "forwarded_prefix",
    "readiness",
    "security_headers",
    "upload",
)

_UPLOAD_BYTES = 2 * 1024 * 1024
"""More than the 1 MiB that nginx lets through unless told otherwise (client_max_body_size)."""

_BAD_GATEWAY = frozenset({502, 504, 520, 521, 522, 523, 524})
_AS_BROWSER = {"Accept": "text/html,application/xhtml+xml"}
_WANTED_HEADERS = ("x-content-type-options", "referrer-policy")


@dataclass(frozen=True)
class Deployment:
    """What is probed.

    Attributes:
        base: Public address without a trailing slash.
        http: A client that follows no redirects.
        api: Path of the API below ``base``.
    """

    base: str
    http: "httpx.Client"
    api: str = "/api"

    @property
    def mount(self) -> str:
        """Path of ``base``, empty at the root."""
        return urlsplit(self.base).path.rstrip("/")

    @property
    def secure(self) -> bool:
        """Whether browsers use HTTPS."""
        return self.base.startswith("https://")

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> "httpx.Response":
        """GET a path below the base."""
        return self.http.get(self.base + path, headers=dict(headers or {}))


_Check = Callable[[Deployment], Iterator[Result]]


def api_route(deployment: Deployment) -> Iterator[Result]:
    """Whether the API's own health route arrives at FluxLit."""
    answer = deployment.get(f"{deployment.api}/healthz")
    if answer.status_code == HTTPStatus.OK and '"ok"' in answer.text:
        yield passed("http", f"{deployment.api}/healthz answers 200")
        return
    who = answered_by(answer)
    if answer.status_code in _BAD_GATEWAY:
        yield failed(
            "http",
            f"{who} answers {answer.status_code}: it does not reach FluxLit",
            "Hop proxy → FluxLit: compare the address it forwards to with gateway_host and gateway_port.",
        )
    elif who == "FluxLit":
        yield failed(
            "http",
            f"FluxLit answers {answer.status_code} for {deployment.api}/healthz",
            "Check api_mount_path and root_path: the public path must end in the API's mount.",
        )
    else:
        yield failed(
            "http",
            f"{who} answers {answer.status_code} itself",
            f"Hop browser → proxy: route {deployment.mount or '/'} and all below it to FluxLit, path unchanged.",
        )


def readiness(deployment: Deployment) -> Iterator[Result]:
    """Whether pages are served."""
    answer = deployment.get(f"{deployment.api}/readyz")
    if answer.status_code == HTTPStatus.OK:
        yield passed("readiness", "pages are served")
    else:
        yield failed(
            "readiness",
            f"{answered_by(answer)} answers {answer.status_code}: {answer.text[:200].strip()}",
            "Hop FluxLit → sidecar: read the server's log, or 'fluxlit status' on its machine.",
        )


def upload(deployment: Deployment) -> Iterator[Result]:
    """Whether a file of 2 MiB gets through; Streamlit refuses it, as no session asked for it."""
    url = f"{deployment.base}/_stcore/upload_file/{uuid4()}/{uuid4()}"
    try:
        answer = deployment.http.put(url, files={"file": ("probe.bin", b"\0" * _UPLOAD_BYTES)})
    except httpx.TransportError as error:
        yield failed(
            "upload", f"the connection broke: {error}", "Hop browser → proxy: raise its limit for request bodies."
        )
        return
    who = answered_by(answer)
    if answer.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE and who == "FluxLit":
        yield failed("upload", "FluxLit refuses 2 MiB", "Raise FLUXLIT_GATEWAY_MAX_PROXY_REQUEST_BODY_BYTES.")
    elif answer.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        yield failed(
            "upload",
            f"{who} refuses 2 MiB",
            "Hop browser → proxy: raise its limit for request bodies (nginx: client_max_body_size).",
        )
    elif answer.status_code in _BAD_GATEWAY:
        yield failed("upload", f"{who} answers {answer.status_code}", "Hop proxy → FluxLit: raise its timeouts.")
    else:
        yield passed("upload", f"2 MiB arrive (answered {answer.status_code}, as no session asked for them)")


def cookies(deployment: Deployment) -> Iterator[Result]:
    """Whether the cookie that keeps a browser on its sidecar arrives with the right path and flags."""
    answer = deployment.get("/", _AS_BROWSER)
    found = [value for value in answer.headers.get_list("set-cookie") if "fluxlit" in value.lower()]
    if not found:
        yield warned("cookies", "no cookie of FluxLit arrives", "Hop proxy → browser: let Set-Cookie through.")
        return
    attributes = {
        part.strip().partition("=")[0].lower(): part.strip().partition("=")[2] for part in found[0].split(";")
    }
    path = attributes.get("path", "/").rstrip("/")
    if not (deployment.mount == path or deployment.mount.startswith(f"{path}/")):
        yield failed(
            "cookies",
            f"the cookie's path is {path or '/'!r}, outside {deployment.mount or '/'!r}",
            "Hop proxy → FluxLit: set FLUXLIT_ROOT_PATH to the public path, and leave cookie paths unchanged.",
        )
    elif deployment.secure and "secure" not in attributes:
        yield failed(
            "cookies",
            "the cookie is not Secure, so FluxLit takes the request for plain HTTP",
            "Hop proxy → FluxLit: send X-Forwarded-Proto, set FLUXLIT_TRUST_PROXY=1 and FLUXLIT_FORWARDED_ALLOW_IPS.",
        )
    else:
        yield passed("cookies", "path and flags are right")


def forwarded_prefix(deployment: Deployment) -> Iterator[Result]:
    """Whether addresses that FluxLit makes begin with the public one: scheme, host and path."""
    answer = deployment.get("/docs")
    location = answer.headers.get("location", "")
    if not location:
        yield warned(
            "forwarded_prefix", f"/docs answers {answer.status_code}", "Expected a redirect to the API's docs."
        )
        return
    target = urlsplit(urljoin(f"{deployment.base}/docs", location))
    public = urlsplit(deployment.base)
    expected = f"{deployment.mount}{deployment.api}/docs"
    if (target.scheme, target.netloc) != (public.scheme, public.netloc):
        yield failed(
            "forwarded_scheme",
            f"redirects lead to {target.scheme}://{target.netloc}",
            "Hop proxy → FluxLit: pass Host and X-Forwarded-Proto, and set FLUXLIT_TRUST_PROXY=1.",
        )
    if target.path != expected:
        yield failed(
            "forwarded_prefix",
            f"redirects lead to {target.path}, not {expected}",
            f"Set FLUXLIT_ROOT_PATH={deployment.mount or '/'} to the public path.",
        )
    else:
        yield passed("forwarded_prefix", f"redirects lead to {target.path}")


def security_headers(deployment: Deployment) -> Iterator[Result]:
    """Whether pages carry the headers that browsers protect them by."""
    headers = deployment.get("/", _AS_BROWSER).headers
    wanted = [*_WANTED_HEADERS, *(["strict-transport-security"] if deployment.secure else [])]
    missing = [name for name in wanted if name not in headers]
    if "x-frame-options" not in headers and "frame-ancestors" not in headers.get("content-security-policy", ""):
        missing.append("x-frame-options")
    if missing:
        yield warned(
            "security_headers",
            f"missing: {', '.join(missing)}",
            "Set FLUXLIT_ENABLE_SECURITY_HEADERS=1, or let the proxy add them.",
        )
    else:
        yield passed("security_headers", "all there")


HTTP_CHECKS: tuple[_Check, ...] = (api_route, readiness, upload, cookies, forwarded_prefix, security_headers)
