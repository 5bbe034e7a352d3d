"""The secret of FluxLit's internal API, where that listens on a port of the loopback interface.

Every user of the machine can reach such a port, so each request has to carry a secret of this run. It goes with
requests to the address in ``FLUXLIT_INTERNAL_API_BASE`` alone, from the last step before the connection: a followed
redirect to another origin does not carry it, and neither a response's request nor an error shows it.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from fluxlit_client.connections.destination import Destination, parse_base_url

if TYPE_CHECKING:
    from collections.abc import Generator

    from fluxlit_client.http_library import httpx

__all__ = ("HEADER", "SECRET_VARIABLE", "carrying_secret")

SECRET_VARIABLE: Final = "FLUXLIT_INTERNAL_API_SECRET"  # noqa: S105 - the name of the variable, not a secret
HEADER: Final = "X-FluxLit-Hop-Secret"
_BASE_URL_VARIABLE: Final = "FLUXLIT_INTERNAL_API_BASE"


@contextmanager
def carrying_secret(request: httpx.Request, destination: Destination) -> Generator[None]:
    """Let `request` carry the secret while the block runs, if `destination` is the internal API's."""
    secret = os.environ.get(SECRET_VARIABLE)
    base = os.environ.get(_BASE_URL_VARIABLE)
    if not secret or not base or destination != parse_base_url(base).destination:
        yield
        return
    request.headers[HEADER] = secret
    try:
        yield
    finally:
        del request.headers[HEADER]
