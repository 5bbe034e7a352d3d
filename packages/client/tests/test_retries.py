from __future__ import annotations

import io
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from fastapi import FastAPI, Request, Response
from pydantic import ValidationError

from fluxlit_client import ApiClient, ApiStatusError, AsyncApiClient, RetryOptions
from fluxlit_client.exchange.retries import RetryPlan, retry_after_seconds
from fluxlit_client.http_library import httpx

if TYPE_CHECKING:
    from conftest import Serve

app = FastAPI()
requests: Counter[str] = Counter()
AT_ONCE = RetryOptions(initial_delay=0)


@app.api_route("/fails/{times}/{key}", methods=["GET", "POST", "PUT"])
def fails(times: int, key: str, status: int = 503, retry_after: str | None = None) -> Response:
    requests[key] += 1
    if requests[key] > times:
        return Response(b"done")
    return Response(status_code=status, headers={"retry-after": retry_after} if retry_after else {})


@app.put("/body/{key}")
async def body(key: str, request: Request) -> Response:
    requests[key] += 1
    content = await request.body()
    return Response(content) if requests[key] > 1 else Response(status_code=502)


@pytest.fixture(scope="module")
def base_url(serve: Serve) -> str:
    return serve(app).tcp


@pytest.fixture(autouse=True)
def _no_requests_yet() -> None:
    requests.clear()


def test_a_get_is_sent_again_until_it_is_answered(base_url: str) -> None:
    response = ApiClient(base_url, retries=AT_ONCE).get("/fails/2/a")
    assert (response.content, requests["a"]) == (b"done", 3)


async def test_the_asynchronous_client_does_the_same(base_url: str) -> None:
    response = await AsyncApiClient(base_url, retries=AT_ONCE).get("/fails/2/a")
    assert (response.content, requests["a"]) == (b"done", 3)


def test_after_the_last_attempt_the_answer_is_the_servers(base_url: str) -> None:
    client = ApiClient(base_url, retries=AT_ONCE)
    assert client.get("/fails/9/a").status_code == 503
    assert requests["a"] == 3
    with pytest.raises(ApiStatusError, match="503"):
        client.get_model("/fails/9/b", str)


@pytest.mark.parametrize(("method", "status"), [("POST", 503), ("GET", 500), ("GET", 429), ("GET", 404)])
def test_what_could_do_harm_or_would_not_help_is_sent_once(base_url: str, method: str, status: int) -> None:
    ApiClient(base_url, retries=AT_ONCE).request(method, "/fails/1/a", params={"status": status})
    assert requests["a"] == 1


def test_a_put_is_sent_again_with_its_body_but_not_once_the_body_is_used_up(base_url: str) -> None:
    client = ApiClient(base_url, retries=AT_ONCE)
    assert client.put("/body/a", content=b"words").content == b"words"
    assert client.put("/body/b", files={"file": io.BytesIO(b"words")}).status_code == 502
    assert client.put("/body/c", content=iter([b"words"])).status_code == 502
    assert dict(requests) == {"a": 2, "b": 1, "c": 1}


def test_a_retry_after_beyond_the_bound_is_not_waited_for(base_url: str) -> None:
    client = ApiClient(base_url, retries=RetryOptions(initial_delay=0, max_retry_after=5))
    assert client.get("/fails/1/a", params={"retry_after": "3600"}).status_code == 503
    assert client.get("/fails/1/b", params={"retry_after": "0"}).status_code == 200
    assert dict(requests) == {"a": 1, "b": 2}


def _plan(method: str = "GET", share: float = 1.0, **options: Any) -> RetryPlan:
    return RetryPlan(RetryOptions(**options), httpx.Request(method, "http://h/"), random_share=lambda: share)


def _pauses(plan: RetryPlan, error: httpx.RequestError) -> list[float | None]:
    return [plan.pause_after_error(error) for _ in range(5)]


def test_pauses_double_up_to_their_bound_and_are_shortened_by_jitter() -> None:
    options: dict[str, Any] = {"attempts": 6, "initial_delay": 0.5, "max_delay": 3}
    assert _pauses(_plan(jitter=0, **options), httpx.ConnectError("")) == [0.5, 1, 2, 3, 3]
    assert _pauses(_plan(jitter=0.5, **options), httpx.ConnectError("")) == [0.25, 0.5, 1, 1.5, 1.5]
    assert _pauses(_plan(jitter=1, share=0, **options), httpx.ConnectError("")) == [0.5, 1, 2, 3, 3]


@pytest.mark.parametrize("error", [httpx.ConnectError(""), httpx.RemoteProtocolError(""), httpx.ConnectTimeout("")])
def test_connection_errors_are_retried(error: httpx.RequestError) -> None:
    assert _plan().pause_after_error(error) is not None
    assert _plan("POST").pause_after_error(error) is None
    assert _plan(attempts=1).pause_after_error(error) is None


@pytest.mark.parametrize("error", [httpx.ReadTimeout(""), httpx.PoolTimeout(""), httpx.TooManyRedirects("")])
def test_a_server_that_is_at_work_is_left_in_peace(error: httpx.RequestError) -> None:
    assert _plan().pause_after_error(error) is None


def test_retry_after_wins_over_a_shorter_pause() -> None:
    response = httpx.Response(503, headers={"retry-after": "4"})
    assert _plan(initial_delay=1, jitter=0).pause_after_answer(response) == 4
    assert _plan(initial_delay=6, max_delay=6, jitter=0).pause_after_answer(response) == 6


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("7", 7.0),
        (" 7 ", 7.0),
        ("Sun, 01 Nov 2026 00:00:30 GMT", 30.0),
        ("Sun, 01 Nov 2026 00:00:30 -0000", 30.0),
        ("Sat, 31 Oct 2026 00:00:00 GMT", 0.0),
        ("-3", None),
        ("soon", None),
        ("٣", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str | None, seconds: float | None) -> None:
    assert retry_after_seconds(value, now=datetime(2026, 11, 1, tzinfo=UTC)) == seconds


def test_options_are_checked_and_frozen() -> None:
    with pytest.raises(ValidationError):
        RetryOptions(attempts=0)
    with pytest.raises(ValidationError):
        RetryOptions.model_validate({"atempts": 2})
    with pytest.raises(ValidationError, match="frozen"):
        RetryOptions().attempts = 2
