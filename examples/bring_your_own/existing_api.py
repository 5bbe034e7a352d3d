"""A FastAPI application that was there before, and knows nothing of FluxLit."""

from fastapi import FastAPI

api = FastAPI(title="Orders")

ORDERS: list[dict[str, object]] = [{"id": 1, "item": "Tea", "euros": 4}, {"id": 2, "item": "Cake", "euros": 6}]


@api.get("/orders")
def orders() -> list[dict[str, object]]:
    return ORDERS
