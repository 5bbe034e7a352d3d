"""Options of a client that hold for all of its requests: time limits and retries."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from fluxlit_client.http_library import httpx

__all__ = ("NO_RETRIES", "RetryOptions", "TimeoutOptions")


class TimeoutOptions(BaseModel):
    """How long one attempt may take, in seconds; ``None`` waits for ever."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    connect: float | None = Field(default=5.0, gt=0, description="Opening a connection.")
    read: float | None = Field(default=30.0, gt=0, description="Waiting for the next bytes of the answer.")
    write: float | None = Field(default=30.0, gt=0, description="Handing the next bytes of the request to the network.")
    pool: float | None = Field(default=30.0, gt=0, description="Waiting for a free connection of the shared pool.")

    def as_library_timeout(self) -> httpx.Timeout:
        """The same limits as the HTTP library spells them."""
        return httpx.Timeout(connect=self.connect, read=self.read, write=self.write, pool=self.pool)


class RetryOptions(BaseModel):
    """When and how often a request is tried again.

    Only requests that may be repeated without harm are (RFC 9110 section 9.2.2), and only those whose body can be sent
    twice.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    attempts: int = Field(
        default=3, ge=1, le=20, description="How often a request is sent at most; 1 turns retries off."
    )
    methods: frozenset[str] = Field(
        default=frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"}),
        description="Methods that are retried, in capitals.",
    )
    statuses: frozenset[int] = Field(
        default=frozenset({HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT}),
        description="Answers that are retried.",
    )
    initial_delay: float = Field(
        default=0.1, ge=0, description="Seconds before the second attempt; doubled for each more."
    )
    max_delay: float = Field(default=2.0, ge=0, description="Longest pause between attempts, in seconds.")
    jitter: float = Field(default=0.5, ge=0, le=1, description="Share of a pause that is random: 0 none, 1 all of it.")
    max_retry_after: float = Field(
        default=10.0,
        ge=0,
        description="Longest Retry-After, in seconds, that is waited for; a longer one returns the answer at once.",
    )


NO_RETRIES: Final = RetryOptions(attempts=1)
"""Send every request once."""
