"""An application whose API makes no spans of its own, and says what baggage reaches it."""

import logging
from typing import Any

from fastapi import FastAPI
from opentelemetry.baggage import get_baggage

from fluxlit import ApiClient, FluxLit

app = FluxLit(title="Spanless", api=FastAPI(telemetry={"tracing": False}))
LOG = logging.getLogger("shop")


@app.api.get("/baggage")
def baggage() -> dict[str, object]:
    LOG.info("the endpoint is asked")
    return {"shop": get_baggage("shop")}


@app.page("/")
def home(st: Any, client: ApiClient) -> None:
    LOG.info("home is drawn")
    st.text(f"page {get_baggage('shop')}, endpoint {client.get('/baggage').json()['shop']}")
