"""One question over HTTP: does the child answer?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ("probe",)

_GOOD = range(200, 300)


async def probe(address: str, path: str, *, timeout: float, headers: Mapping[str, str] | None = None) -> str:  # noqa: ASYNC109 - the limit of one request
    """Ask `path` of the server at `address`.

    Args:
        address: ``unix:/path.sock`` or ``http://127.0.0.1:port``.
        path: Must answer with a 2xx code.
        timeout: Seconds for the whole answer.
        headers: Headers of the private hop.

    Returns:
        Empty when it answered well, else what went wrong.
    """
    on_unix_socket = address.startswith("unix:")
    connector = aiohttp.UnixConnector(address.removeprefix("unix:")) if on_unix_socket else aiohttp.TCPConnector()
    base = "http://localhost" if on_unix_socket else address
    try:
        # trust_env is off by default: a proxy of the environment never sees private traffic.
        async with (
            aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session,
            session.get(
                base + path, timeout=aiohttp.ClientTimeout(total=timeout), headers=headers, allow_redirects=False
            ) as answer,
        ):
            await answer.read()
            return "" if answer.status in _GOOD else f"{path} answered {answer.status}"
    except TimeoutError:
        return f"{path} did not answer within {timeout:g} s"
    except (aiohttp.ClientError, OSError) as error:
        return f"{path} failed: {error or type(error).__name__}"
