"""Prints Streamlit's own route table as JSON: type, path and methods of every route, with everything turned on."""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from streamlit.starlette import App
from streamlit.web.server.starlette.starlette_app import create_streamlit_routes


def entries(routes: Iterable[BaseRoute], prefix: str = "") -> Iterator[tuple[str, str, list[str]]]:
    for route in routes:
        if isinstance(route, Mount):
            yield "http", prefix + route.path + "/", ["GET", "HEAD"]
            yield from entries(route.routes or (), prefix + route.path)
        elif isinstance(route, WebSocketRoute):
            yield "websocket", prefix + route.path, []
        elif isinstance(route, Route):
            yield "http", prefix + route.path, sorted(route.methods or ())


runtime = App(Path(__file__))._create_runtime()
sys.stdout.write(json.dumps(list(entries(create_streamlit_routes(runtime)))))
