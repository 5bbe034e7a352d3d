"""Streamlit's own ASGI application mounted in FastAPI: ``uvicorn mounted:app``."""

from pathlib import Path

from bench_routes import router
from fastapi import FastAPI
from streamlit.starlette import App

pages = App(Path(__file__).with_name("dashboard.py"))
app = FastAPI(lifespan=pages.lifespan())
app.include_router(router, prefix="/api")
app.mount("/", pages)
