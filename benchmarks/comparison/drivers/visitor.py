"""A visitor with cookies and a tab, as an upload needs them: the page first, then the socket, both from one browser."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Self

from benchmarks.comparison.drivers.plain_http import get
from benchmarks.comparison.drivers.tab import Tab

if TYPE_CHECKING:
    from collections.abc import Mapping

_XSRF = "_streamlit_xsrf"
_BOUNDARY = "----benchmark-boundary"


class Visitor:
    """One browser: its cookies, and its open tab. Made by `come`; an asynchronous context manager."""

    def __init__(self, tab: Tab, cookies: Mapping[str, str]) -> None:
        self.tab = tab
        self._cookies = dict(cookies)

    @classmethod
    async def come(cls, base_url: str) -> Self:
        """Load the page, take its cookies, and open the tab."""
        page = await asyncio.to_thread(get, f"{base_url}/", {"Accept": "text/html"})
        cookies = dict(page.cookies)
        health = await asyncio.to_thread(get, f"{base_url}/_stcore/health", {"Cookie": _line(cookies)})
        cookies |= health.cookies
        return cls(await Tab.open(base_url, cookies=_line(cookies)), cookies)

    def headers(self) -> dict[str, str]:
        """What its uploads bear."""
        token = {"X-Xsrftoken": self._cookies[_XSRF]} if _XSRF in self._cookies else {}
        return {"Cookie": _line(self._cookies), **token}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.tab.close()


def _line(cookies: Mapping[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


def form_around(file_name: str) -> tuple[bytes, bytes, dict[str, str]]:
    """What stands before and after a file's bytes in a form, and the header that goes with it (RFC 7578)."""
    disposition = f'Content-Disposition: form-data; name="{file_name}"; filename="{file_name}"'
    before = f"--{_BOUNDARY}\r\n{disposition}\r\nContent-Type: application/octet-stream\r\n\r\n".encode()
    after = f"\r\n--{_BOUNDARY}--\r\n".encode()
    return before, after, {"Content-Type": f"multipart/form-data; boundary={_BOUNDARY}"}
