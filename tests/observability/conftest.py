"""An application that shows what happens to it, and a collector that traces are really sent to."""

from __future__ import annotations

import gzip
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from fluxlit_testing.running_server import RunningServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WATCHED = Path(__file__).parent / "programs"
PATIENCE = 60.0


@dataclass(frozen=True)
class SentSpan:
    """One span, as it arrived."""

    trace: str
    span: str
    parent: str
    name: str
    service: str
    attributes: dict[str, Any]


@dataclass
class Collector:
    """A receiver of OTLP over HTTP."""

    url: str = ""
    spans: list[SentSpan] = field(default_factory=list[SentSpan])
    raw: bytes = b""
    arrived: threading.Condition = field(default_factory=threading.Condition)

    def take(self, body: bytes) -> None:
        request = ExportTraceServiceRequest.FromString(body)
        with self.arrived:
            self.raw += body
            for resource in request.resource_spans:
                service = {each.key: each.value.string_value for each in resource.resource.attributes}
                for scope in resource.scope_spans:
                    self.spans += [
                        SentSpan(
                            trace=span.trace_id.hex(),
                            span=span.span_id.hex(),
                            parent=span.parent_span_id.hex(),
                            name=span.name,
                            service=service.get("service.name", ""),
                            attributes={
                                each.key: each.value.string_value or each.value.int_value for each in span.attributes
                            },
                        )
                        for span in scope.spans
                    ]
            self.arrived.notify_all()

    def wait_for(self, enough: Callable[[list[SentSpan]], bool]) -> list[SentSpan]:
        """The spans, once they are enough."""
        with self.arrived:
            assert self.arrived.wait_for(lambda: enough(self.spans), timeout=PATIENCE), [
                (span.name, span.attributes) for span in self.spans
            ]
            return list(self.spans)


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    """A collector that listens on a port of its own."""
    found = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if self.headers.get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            found.take(body)
            self.send_response(200)
            self.send_header("content-type", "application/x-protobuf")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's own name
            del format, args

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        found.url = f"http://127.0.0.1:{server.server_address[1]}"
        yield found
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., RunningServer]]:
    """Serves the watched application, or another one, for the tests of a module."""
    started: list[RunningServer] = []

    def start(
        target: str = "watched:app",
        *,
        cwd: Path = WATCHED,
        ui: bool = True,
        command: tuple[str, ...] = ("-m", "fluxlit", "run"),
        arguments: tuple[str, ...] = (),
        **env: str,
    ) -> RunningServer:
        base = {"FLUXLIT_NO_PIDFILE": "1", "XDG_RUNTIME_DIR": str(tmp_path_factory.mktemp("r"))}
        options = ("--port", "0", *arguments)
        server = RunningServer.start(target, cwd=cwd, command=command, arguments=options, env={**base, **env}, ui=ui)
        started.append(server)
        return server

    yield start
    for server in started:
        server.stop()
