"""FastAPI alone: ``uvicorn alone:app``."""

from bench_routes import router
from fastapi import FastAPI

app = FastAPI()
app.include_router(router, prefix="/api")
