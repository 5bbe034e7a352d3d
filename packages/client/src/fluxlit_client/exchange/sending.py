"""Sends a request, again if the client's retry options say so, and turns the library's errors into ours."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

from fluxlit_client.errors import raise_for_status, translated
from fluxlit_client.exchange.retries import RetryPlan
from fluxlit_client.http_library import httpx
from fluxlit_client.observation import ObservedCall, call_observed

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator

    from fluxlit_client.client_options import RetryOptions
    from fluxlit_client.request_options import BodyOptions

__all__ = ("send", "send_async", "streamed", "streamed_async")


def send(
    session: httpx.Client, request: httpx.Request, retries: RetryOptions, *, options: BodyOptions, stream: bool = False
) -> httpx.Response:
    """Send a request; with ``stream`` the response's body is still to be read and the response to be closed.

    Raises:
        ApiConnectionError: No answer.
        ApiTimeoutError: No answer in time.
    """
    call = ObservedCall(request.method, str(request.url), request.headers)
    with call_observed(call):
        response = _send(session, request, retries, options=options, stream=stream)
        call.status = response.status_code
        return response


def _send(
    session: httpx.Client, request: httpx.Request, retries: RetryOptions, *, options: BodyOptions, stream: bool
) -> httpx.Response:
    plan = RetryPlan(retries, request)
    while True:
        try:
            response = session.send(
                request,
                stream=stream,
                auth=options.get("auth"),
                follow_redirects=options.get("follow_redirects", False),
            )
        except httpx.RequestError as error:
            pause = plan.pause_after_error(error)
            if pause is None:
                raise translated(error, request) from error
        else:
            pause = plan.pause_after_answer(response)
            if pause is None:
                return response
            response.close()
        time.sleep(pause)


async def send_async(
    session: httpx.AsyncClient,
    request: httpx.Request,
    retries: RetryOptions,
    *,
    options: BodyOptions,
    stream: bool = False,
) -> httpx.Response:
    """`send` without blocking the event loop."""
    call = ObservedCall(request.method, str(request.url), request.headers)
    with call_observed(call):
        response = await _send_async(session, request, retries, options=options, stream=stream)
        call.status = response.status_code
        return response


async def _send_async(
    session: httpx.AsyncClient, request: httpx.Request, retries: RetryOptions, *, options: BodyOptions, stream: bool
) -> httpx.Response:
    plan = RetryPlan(retries, request)
    while True:
        try:
            response = await session.send(
                request,
                stream=stream,
                auth=options.get("auth"),
                follow_redirects=options.get("follow_redirects", False),
            )
        except httpx.RequestError as error:
            pause = plan.pause_after_error(error)
            if pause is None:
                raise translated(error, request) from error
        else:
            pause = plan.pause_after_answer(response)
            if pause is None:
                return response
            await response.aclose()
        await asyncio.sleep(pause)


@contextmanager
def streamed(response: httpx.Response) -> Generator[httpx.Response]:
    """Check the status of a response that is being streamed, and close it at the end, however that comes.

    Raises:
        ApiStatusError: The status is not 2xx.
        ApiConnectionError: The connection broke while the body was read.
        ApiTimeoutError: The next bytes did not come in time.
    """
    try:
        if not response.is_success:
            response.read()
        yield raise_for_status(response)
    except httpx.RequestError as error:
        raise translated(error, response.request) from error
    finally:
        response.close()


@asynccontextmanager
async def streamed_async(response: httpx.Response) -> AsyncGenerator[httpx.Response]:
    """`streamed` for the asynchronous client."""
    try:
        if not response.is_success:
            await response.aread()
        yield raise_for_status(response)
    except httpx.RequestError as error:
        raise translated(error, response.request) from error
    finally:
        await response.aclose()
