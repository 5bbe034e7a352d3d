"""The secret that the internal API asks for on a loopback port goes there and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse

from fluxlit_client import ApiClient, AsyncApiClient

if TYPE_CHECKING:
    from conftest import RunningApi, Serve

SECRET = "a secret of this run"

app = FastAPI()


@app.get("/secret")
def secret(request: Request) -> str | None:
    return request.headers.get("x-fluxlit-hop-secret")


@app.get("/redirect")
def redirect(to: str) -> RedirectResponse:
    return RedirectResponse(to)


@pytest.fixture(scope="module")
def api(serve: Serve) -> RunningApi:
    return serve(app)


@pytest.fixture(autouse=True)
def _inside_a_page(api: RunningApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLUXLIT_INTERNAL_API_BASE", f"{api.tcp}/api")
    monkeypatch.setenv("FLUXLIT_INTERNAL_API_SECRET", SECRET)


async def test_requests_to_the_internal_api_carry_the_secret_and_do_not_show_it(api: RunningApi) -> None:
    answer = ApiClient(api.tcp).get("/secret")
    assert answer.json() == SECRET
    assert SECRET not in str(answer.request.headers.raw)
    async with AsyncApiClient(api.tcp) as client:
        assert (await client.get("/secret")).json() == SECRET


def test_other_addresses_do_not_get_it(api: RunningApi) -> None:
    assert ApiClient(api.unix).get("/secret").json() is None
    elsewhere = api.tcp.replace("127.0.0.1", "localhost")
    assert ApiClient(elsewhere).get("/secret").json() is None


def test_a_redirect_does_not_take_it_elsewhere(api: RunningApi) -> None:
    elsewhere = api.tcp.replace("127.0.0.1", "localhost")
    answer = ApiClient(api.tcp).get("/redirect", params={"to": f"{elsewhere}/secret"}, follow_redirects=True)
    assert answer.json() is None
