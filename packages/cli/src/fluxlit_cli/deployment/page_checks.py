"""What a browser loads before its WebSocket: the page itself, at the right address, and Streamlit's scripts."""

import re
from collections.abc import Callable, Iterator
from http import HTTPStatus
from urllib.parse import urljoin

from fluxlit_cli.deployment.hops import answered_by, proxy_name
from fluxlit_cli.deployment.http_checks import Deployment
from fluxlit_cli.doctor.check import Result, failed, passed, warned

__all__ = ("PAGE_CHECKS", "page", "scripts", "trailing_slash")

_AS_BROWSER = {"Accept": "text/html,application/xhtml+xml"}
_SCRIPT = re.compile(r"""src=["'](?:\./)?([^"']+\.js)["']""")


def page(deployment: Deployment) -> Iterator[Result]:
    """Whether everything that is not the API reaches FluxLit too."""
    answer = deployment.get("/", _AS_BROWSER)
    who = answered_by(answer)
    if answer.status_code == HTTPStatus.OK and who == "FluxLit":
        yield passed("page", "the page comes from FluxLit")
    elif who == "FluxLit":
        yield failed(
            "page", f"FluxLit answers {answer.status_code}", "Hop FluxLit → sidecar: read the server's log for why."
        )
    else:
        yield failed(
            "page",
            f"{who} answers {answer.status_code} itself",
            f"Hop browser → proxy: route {deployment.mount or '/'} and all below it to FluxLit, not the API alone.",
        )


def trailing_slash(deployment: Deployment) -> Iterator[Result]:
    """Whether the mount without its slash leads to the one with it: the page's own files are named relative to it."""
    if not deployment.mount:
        return
    answer = deployment.get("", _AS_BROWSER)
    location = urljoin(deployment.base, answer.headers.get("location", ""))
    if answer.is_redirect and location.split("?")[0] == f"{deployment.base}/":
        yield passed("trailing_slash", f"{deployment.mount} leads to {deployment.mount}/")
    else:
        yield failed(
            "trailing_slash",
            f"{deployment.mount} is answered with {answer.status_code} instead of a redirect to {deployment.mount}/",
            f"Hop browser → proxy: redirect {deployment.mount} to {deployment.mount}/, or browsers look for the page's "
            "scripts in the folder above.",
        )


def scripts(deployment: Deployment) -> Iterator[Result]:
    """Whether Streamlit's scripts, several megabytes of them, arrive, and compressed."""
    script = _SCRIPT.search(deployment.get("/", _AS_BROWSER).text)
    if script is None:
        return
    path = "/" + script[1].lstrip("/")
    answer = deployment.get(path, {"Accept-Encoding": "gzip, br"})
    who, encoding = proxy_name(answer.headers), answer.headers.get("content-encoding", "")
    if answer.status_code != HTTPStatus.OK or "javascript" not in answer.headers.get("content-type", ""):
        yield failed(
            "scripts",
            f"{path} is answered with {answer.status_code} ({answer.headers.get('content-type', 'no type')})",
            f"Hop browser → proxy: let {who} send {deployment.mount}/static/ to FluxLit as well.",
        )
    elif encoding:
        yield passed("compression", encoding)
    else:
        yield warned(
            "compression",
            f"{path} arrives uncompressed",
            f"Hop proxy → browser: let {who} pass Accept-Encoding on, or compress itself.",
        )


PAGE_CHECKS: tuple[Callable[[Deployment], Iterator[Result]], ...] = (page, trailing_slash, scripts)
