"""Real proxies in front of a real FluxLit: the configurations of `examples/proxies`, with other ports and paths."""

from __future__ import annotations

import contextlib
import datetime as dt
import ipaddress
import json
import os
import shutil
import socket
import ssl
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from fluxlit_testing.running_server import RunningServer

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "proxies"
SUFFIX = {"nginx": ".conf", "caddy": ".Caddyfile", "haproxy": ".cfg"}
START_SECONDS = 60.0
MIB = 1024 * 1024
APP = """
from fastapi import Request, Response

from fluxlit import FluxLit

app = FluxLit(title="Proxied")


@app.api.get("/items/")
def items(request: Request) -> dict[str, object]:
    return {
        "client": request.client.host if request.client else "",
        "items": str(request.url_for("items")),
        "reports": app.urls.for_page(request, "/reports"),
        "docs": app.urls.docs_url(request),
    }


@app.page("/", title="Home")
def home(st):
    st.title("Home")
    st.session_state.setdefault("clicks", 0)
    if st.button("Count"):
        st.session_state.clicks += 1
    st.text(f"clicks: {st.session_state.clicks}")
    st.file_uploader("file")


@app.page("/reports", title="Reports")
def reports(st):
    st.title("Reports")
    st.text("for " + st.query_params.get("year", "no year"))
"""


@dataclass(frozen=True)
class Front:
    """A proxy that runs: the address that browsers use, and the certificate authority that they trust."""

    base_url: str
    authority: Path
    program: str

    @property
    def ws_url(self) -> str:
        return "ws" + self.base_url.removeprefix("http")


class StartProxy(Protocol):
    def __call__(
        self, program: str, shape: str, upstream: str, *, mount: str = "", changes: Mapping[str, str] | None = None
    ) -> Front: ...


def command_for(program: str, configuration: Path, work: Path) -> list[str]:
    if program == "haproxy":
        return ["haproxy", "-db", "-f", str(configuration)]
    if program == "caddy":
        adapt = ["caddy", "adapt", "--adapter", "caddyfile", "--config", str(configuration)]
        # Its administration listens on a fixed port unless it is off.
        adapted = json.loads(subprocess.run(adapt, capture_output=True, check=True, timeout=60).stdout)
        whole = work / "caddy.json"
        whole.write_text(json.dumps({**adapted, "admin": {"disabled": True}}))
        return ["caddy", "run", "--config", str(whole)]
    temporary = " ".join(
        f"{kind}_temp_path {work}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = work / "nginx.conf"
    whole.write_text(
        f"daemon off; master_process off; pid {work}/pid; error_log {work}/error.log;\n"
        f"events {{}}\nhttp {{ access_log off; {temporary}\ninclude {configuration};\n}}\n"
    )
    return ["nginx", "-e", f"{work}/error.log", "-c", str(whole)]


def listening(program: str, port: int, *, tls: bool) -> dict[str, str]:
    """What the example says about its ports, and what to say instead."""
    if program == "nginx":
        return {"listen 443 ssl" if tls else "listen 80;": f"listen 127.0.0.1:{port}" + (" ssl" if tls else ";")}
    if program == "caddy":
        # Without a host in the site's address, HTTP/2 and the certificate are found by port alone.
        return {":443 {" if tls else ":80 {": f":{port} {{\n\tbind 127.0.0.1"}
    # Some test machines allow fewer open files than 10,000 connections need.
    return {"bind :443" if tls else "bind :80": f"bind 127.0.0.1:{port}", "maxconn ": "maxconn 200 #"}


@contextlib.contextmanager
def reserved_port() -> Generator[int]:
    """A port that nobody else is given while the block runs, and that a proxy can listen on.

    The kernel lets another socket of this user listen where one is bound that does not listen itself.
    """
    with socket.socket() as keeper:
        keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        keeper.bind(("127.0.0.1", 0))
        yield keeper.getsockname()[1]


def wait_until_it_listens(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Proxies do not say when they listen, so the port is asked, until the process ends or the time is over."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.02)
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()


@pytest.fixture
def start_proxy(tmp_path: Path, certificates: Path) -> Iterator[StartProxy]:
    """Starts an example's proxy in front of `upstream` (`http://host:port`); it is stopped at the end."""
    with contextlib.ExitStack() as stack:

        def start(
            program: str, shape: str, upstream: str, *, mount: str = "", changes: Mapping[str, str] | None = None
        ) -> Front:
            if shutil.which(program) is None:
                pytest.skip(f"{program} is not installed here: scripts/install-system-packages.sh")
            tls = shape == "tls"
            port = stack.enter_context(reserved_port())
            work = tmp_path / f"{program}{port}"
            work.mkdir()
            replaced = {
                **(changes or {}),
                "127.0.0.1:8000": upstream.removeprefix("http://"),
                **listening(program, port, tls=tls),
            }
            if tls:
                replaced["/etc/fluxlit/tls"] = str(certificates)
                replaced |= listening(program, stack.enter_context(reserved_port()), tls=False)
            text = (EXAMPLES / program / f"{shape}{SUFFIX[program]}").read_text("utf-8")
            for old, new in replaced.items():
                assert old in text, f"the example does not say {old!r}"
                text = text.replace(old, new)
            configuration = work / f"site{SUFFIX[program]}"
            configuration.write_text(text)
            stack.enter_context(running(command_for(program, configuration, work), work, port))
            scheme, host = ("https", "localhost") if tls else ("http", "127.0.0.1")
            return Front(f"{scheme}://{host}:{port}{mount}", certificates / "authority.pem", program)

        yield start


@contextlib.contextmanager
def running(command: list[str], work: Path, port: int) -> Generator[None]:
    """A program that listens on `port`, as long as the block runs."""
    # Caddy keeps its own files.
    environment = {**os.environ, "HOME": str(work), "XDG_DATA_HOME": str(work), "XDG_CONFIG_HOME": str(work)}
    log = work / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        try:
            wait_until_it_listens(process, port, log)
            yield
        finally:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:  # HAProxy waits for open connections
                process.kill()
                process.wait(30)


def serve(tmp_path_factory: pytest.TempPathFactory, **env: str) -> contextlib.AbstractContextManager[RunningServer]:
    folder, runtime = tmp_path_factory.mktemp("app"), tmp_path_factory.mktemp("r")
    (folder / "app.py").write_text(APP)
    variables = {
        "FLUXLIT_TRUST_PROXY": "1",
        "FLUXLIT_FORWARDED_ALLOW_IPS": "127.0.0.1",
        "FLUXLIT_ENABLE_GATEWAY_ACCESS_LOG": "1",
        "FLUXLIT_ENABLE_SECURITY_HEADERS": "1",
        "FLUXLIT_GATEWAY_MAX_PROXY_REQUEST_BODY_BYTES": str(4 * MIB),
        "FLUXLIT_NO_PIDFILE": "1",
        "XDG_RUNTIME_DIR": str(runtime),
    }
    return RunningServer.start(cwd=folder, env={**variables, **env})


@pytest.fixture(scope="session")
def at_the_root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """FluxLit that knows no prefix; what a trusted proxy says is learnt."""
    with serve(tmp_path_factory) as server:
        yield server


@pytest.fixture(scope="session")
def below_a_prefix(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """FluxLit that was told its prefix."""
    with serve(tmp_path_factory, FLUXLIT_ROOT_PATH="/apps/my-app") as server:
        yield server


@pytest.fixture
def visit(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., httpx2.Client]]:
    """Opens clients of a front, which come from `address`."""
    with contextlib.ExitStack() as stack:

        def client(front: Front, *, address: str = "127.0.0.1") -> httpx2.Client:
            # Also for the tab, whose library takes OpenSSL's own default.
            monkeypatch.setenv("SSL_CERT_FILE", str(front.authority))
            context = ssl.create_default_context(cafile=front.authority)
            transport = httpx2.HTTPTransport(local_address=address, verify=context)
            return stack.enter_context(
                httpx2.Client(base_url=front.base_url, transport=transport, timeout=60, trust_env=False)
            )

        yield client


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an authority of our own, and a certificate that it gave to localhost, as the examples name them."""
    folder = tmp_path_factory.mktemp("tls")
    authority_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "FluxLit's tests")])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    root = certificate(authority, authority, authority_key.public_key())
    root = root.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    identifier = x509.SubjectKeyIdentifier.from_public_key(authority_key.public_key())
    leaf = certificate(x509.Name([]), authority, key.public_key()).add_extension(names, critical=True)
    leaf = leaf.add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    signed = leaf.sign(authority_key, hashes.SHA256()).public_bytes(pem)
    signed_root = root.add_extension(identifier, critical=False).sign(authority_key, hashes.SHA256())
    (folder / "authority.pem").write_bytes(signed_root.public_bytes(pem))
    (folder / "certificate.pem").write_bytes(signed)
    (folder / "key.pem").write_bytes(private)
    (folder / "combined.pem").write_bytes(signed + private)
    return folder


def certificate(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key)
    builder = builder.serial_number(x509.random_serial_number())
    return builder.not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=2))


@pytest.fixture(scope="session")
def trusting_another(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """FluxLit that was told of another proxy than the one in front of it."""
    with serve(tmp_path_factory, FLUXLIT_FORWARDED_ALLOW_IPS="192.0.2.1") as server:
        yield server
