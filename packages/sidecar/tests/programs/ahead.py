"""A child that can be a forerunner, and tells what it has become.

usage: ahead.py SOCKET BEHAVIOUR
"""

from __future__ import annotations

import importlib
import json
import os
import socket
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from fluxlit_sidecar.child import names
from fluxlit_sidecar.child.parent_link import ParentLink, inherited_listener
from fluxlit_sidecar.streamlit_server.forerunner import follow_orders


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def address_string(self) -> str:
        return "unix"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


def tell(**facts: object) -> None:
    BACK.sendall(json.dumps({"pid": os.getpid(), **facts}).encode() + b"\n")


def prepare(_settings: object) -> None:
    # Stands for what a sidecar imports ahead.
    importlib.import_module("colorsys")
    os.environ["SET_BY_AN_IMPORT"] = "yes"
    tell(phase="ahead")
    if sys.argv[2] == "fails ahead":
        raise LookupError("nothing to import")


BACK = socket.socket(socket.AF_UNIX)
BACK.connect(sys.argv[1])
is_forerunner = names.ORDERS_FD in os.environ
line = {name: os.environ[name] for name in (names.CONTROL_FD, names.PARENT_PID)}
link = ParentLink.from_environment()
if is_forerunner:
    follow_orders(line, prepare)
    link.take_folder()
    if sys.argv[2] == "dies with its orders":
        os._exit(7)
listener = inherited_listener()
# A child that was started with its orders imports the same, later.
os.environ["SET_BY_AN_IMPORT"] = "yes"
tell(
    phase="taken on" if "colorsys" in sys.modules else "from the start",
    env={name: value for name, value in os.environ.items() if name != names.NAME},
    name=os.environ[names.NAME],
    folder=str(Path.cwd()),
    path=sys.path,
    argv=sys.argv,
    address=listener.getsockname(),
)
server = HTTPServer(("", 0), Handler, bind_and_activate=False)
server.socket.close()
server.socket = listener
link.report_warming()
link.report_ready()
server.serve_forever()
