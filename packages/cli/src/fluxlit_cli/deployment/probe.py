"""Runs the probe: each check on its own, so that one that breaks does not hide the others."""

from urllib.parse import urlsplit

from fluxlit_cli.deployment.http_checks import HTTP_CHECKS, Deployment
from fluxlit_cli.deployment.page_checks import PAGE_CHECKS
from fluxlit_cli.deployment.websocket_check import websocket_upgrade
from fluxlit_cli.doctor.check import Result, failed
from fluxlit_cli.errors import UsageProblemError
from fluxlit_cli.http_library import httpx

__all__ = ("probe_deployment",)

_TIMEOUT_SECONDS = 15.0


def probe_deployment(url: str) -> list[Result]:
    """Probe the instance that browsers reach at ``url``.

    Raises:
        UsageProblemError: ``url`` is no HTTP address.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise UsageProblemError(f"--url {url!r} is no HTTP address; give one such as https://example.org/app.")
    base = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
    # A connection for each request: a server may close one on which it has refused a body (RFC 9110, section 15.5.14),
    # and the next check would be told of the end of the last one's.
    limits = httpx.Limits(max_keepalive_connections=0)
    with httpx.Client(timeout=_TIMEOUT_SECONDS, follow_redirects=False, limits=limits) as client:
        deployment = Deployment(base=base, http=client)
        try:
            client.get(f"{base}/")
        except httpx.TransportError as error:
            return [_unreachable(parts.netloc, error)]
        results: list[Result] = []
        for check in (*HTTP_CHECKS, *PAGE_CHECKS, websocket_upgrade):
            try:
                results += check(deployment)
            except httpx.HTTPError as error:
                results.append(failed(check.__name__, f"no usable answer: {error}", "Read the proxy's error log."))
    return results


def _unreachable(host: str, error: Exception) -> Result:
    text = str(error).lower()
    if "certificate" in text or "ssl" in text or "tls" in text:
        return failed("reach", f"TLS with {host} fails: {error}", "Hop browser → proxy: correct its certificate.")
    if "name or service" in text or "nodename" in text or "resolve" in text:
        return failed("reach", f"{host} has no address: {error}", "Hop browser → DNS: correct the name or its record.")
    return failed(
        "reach", f"{host} does not answer: {error}", "Hop browser → proxy: start it, open the port, check the firewall."
    )
