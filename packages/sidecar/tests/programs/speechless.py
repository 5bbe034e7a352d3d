"""A program that knows nothing of supervisors: connects back and serves HTTP on the descriptor it is given.

usage: speechless.py SOCKET FD
"""

from __future__ import annotations

import json
import os
import socket
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def address_string(self) -> str:
        return "unix"


back = socket.socket(socket.AF_UNIX)
back.connect(sys.argv[1])
back.sendall(json.dumps({"pid": os.getpid()}).encode() + b"\n")
server = HTTPServer(("", 0), Handler, bind_and_activate=False)
server.socket.close()
server.socket = socket.socket(fileno=int(sys.argv[2]))
server.serve_forever()
