"""A small child with a chosen way to misbehave. It connects back to the test first, so that nobody has to guess.

usage: child.py SOCKET BEHAVIOUR
"""

from __future__ import annotations

# ruff: noqa: T201 - it is a program that prints
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from fluxlit_sidecar.child.parent_link import ParentLink, inherited_listener


def connect_back(path: str, **facts: object) -> socket.socket:
    line = socket.socket(socket.AF_UNIX)
    line.connect(path)
    line.sendall(json.dumps({"pid": os.getpid(), "argv": sys.argv, **facts}).encode() + b"\n")
    return line


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == "/die":
            os._exit(3)
        if self.path == "/grow":
            BALLAST.append(b"x" * 50_000_000)
        if self.path.startswith("/compute"):
            # One call of native code, which keeps the interpreter lock from beginning to end: seconds, or for ever.
            sum(range(10**12 if self.path == "/compute-long" else 200_000_000))
        if self.path == "/hang":
            HANG.set()
        if HANG.is_set():
            threading.Event().wait()
        body = json.dumps({"pid": os.getpid(), "name": NAME, "path": self.path}).encode()
        self.send_response(503 if BEHAVIOUR == "broken" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        # After the answer: what is reported may end this process at once.
        if self.path == "/sessions":
            LINK.report_sessions(active=1, served=5)
        if self.path == "/no-sessions":
            LINK.report_sessions(active=0, served=5)

    def address_string(self) -> str:
        return "unix"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, listener: socket.socket) -> None:
        super().__init__(("", 0), Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listener


GRANDCHILD = """
import signal, socket, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
line = socket.socket(socket.AF_UNIX)
line.connect(sys.argv[1])
line.sendall(b'{"grandchild": true}\\n')
line.recv(1)
"""


def misbehave_before_ready() -> None:
    match BEHAVIOUR:
        case "dies at once":
            print("ERROR: bad flag --no.such.flag")
            sys.exit(2)
        case "says why not":
            LINK.report_failure("the app cannot be imported")
            sys.exit(1)
        case "never ready":
            threading.Event().wait()
        case "ignores SIGTERM":
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        case "floods":
            sys.stdout.write("".join(f"flood {number} {'x' * 200}\n" for number in range(20_000)))
            sys.stdout.write("y" * 3_000_000 + "\n")
        case "has a grandchild":
            subprocess.Popen([sys.executable, "-c", GRANDCHILD, sys.argv[1]])
        case "talks":
            print("plain words")
            print("WARNING: careful")
            print("2026-11-22 12:00:00.123 ERROR streamlit.x: broken", file=sys.stderr)
            print("Traceback (most recent call last):\n  File 'x'\nValueError: no\nplain again", file=sys.stderr)
        case _:
            pass


HANG = threading.Event()
BALLAST: list[bytes] = []
NAME = os.environ["FLUXLIT_SIDECAR_NAME"]
BEHAVIOUR = sys.argv[2]
SPARE = "FLUXLIT_SIDECAR_SPARE" in os.environ
BACK = connect_back(sys.argv[1], name=NAME, ppid=os.getppid(), spare=SPARE)
LINK = ParentLink.from_environment()
LINK.report_warming()
if SPARE:
    if BEHAVIOUR == "is no good as a spare":
        sys.exit("ERROR: not made to wait")
    if BEHAVIOUR == "never prepared":
        threading.Event().wait()
    LINK.wait_until_needed()
misbehave_before_ready()
server = Server(inherited_listener())
LINK.report_ready()
server.serve_forever()
