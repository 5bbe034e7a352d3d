"""When a request is tried again, and after how long. Pure: sending and waiting are `sending`'s."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from fluxlit_client.http_library import httpx

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxlit_client.client_options import RetryOptions

__all__ = ("RetryPlan", "retry_after_seconds")


# Failures in which the server has most likely done nothing. A read that times out is none: the server is at work.
_CONNECTION_ERRORS = (httpx.NetworkError, httpx.RemoteProtocolError, httpx.ProxyError, httpx.ConnectTimeout)


class RetryPlan:
    """Decides for one request, attempt by attempt; a pause of ``None`` means: give up, this is the result."""

    def __init__(
        self,
        options: RetryOptions,
        request: httpx.Request,
        *,
        random_share: Callable[[], float] = random.random,
    ) -> None:
        self._options = options
        self._failures = 0
        self._random_share = random_share
        self._may_repeat = request.method in options.methods and _can_be_sent_twice(request)

    def pause_after_error(self, error: httpx.RequestError) -> float | None:
        """Seconds to wait after the request failed."""
        return self._next_pause() if isinstance(error, _CONNECTION_ERRORS) else None

    def pause_after_answer(self, response: httpx.Response) -> float | None:
        """Seconds to wait after an answer; the server's Retry-After wins over our own delay."""
        if response.status_code not in self._options.statuses:
            return None
        asked = retry_after_seconds(response.headers.get("retry-after"), now=datetime.now(UTC))
        if asked is not None and asked > self._options.max_retry_after:
            return None
        own = self._next_pause()
        return own if own is None or asked is None else max(own, asked)

    def _next_pause(self) -> float | None:
        self._failures += 1
        if not self._may_repeat or self._failures >= self._options.attempts:
            return None
        options = self._options
        longest = min(options.max_delay, options.initial_delay * 2 ** (self._failures - 1))
        return longest * (1 - options.jitter * self._random_share())


def retry_after_seconds(value: str | None, *, now: datetime) -> float | None:
    """Read a Retry-After header (RFC 9110 section 10.2.3): seconds, or a date.

    Returns:
        Seconds from ``now``, never negative; ``None`` if the header is missing or makes no sense.
    """
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    if date.tzinfo is None:
        date = date.replace(tzinfo=UTC)
    return max(0.0, (date - now).total_seconds())


def _can_be_sent_twice(request: httpx.Request) -> bool:
    # A body given as an iterator or a file is used up by the first attempt; the library buffers every other one.
    return isinstance(request.stream, httpx.ByteStream)
