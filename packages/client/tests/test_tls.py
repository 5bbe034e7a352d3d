"""HTTPS against a real server, in a fresh process that trusts the server's certificate through the environment."""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
import sys
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CODE = """
import sys
from fluxlit_client import ApiClient, ApiConnectionError, NO_RETRIES
try:
    print(ApiClient(sys.argv[1], retries=NO_RETRIES).get("/users").text)
except ApiConnectionError as error:
    print("refused" if "CERTIFICATE_VERIFY_FAILED" in str(error) else error)
"""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for localhost, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = tmp_path_factory.mktemp("tls") / "localhost.pem"
    file.write_bytes(signed.public_bytes(pem) + secret)
    return file


@pytest.fixture
def base_url(certificate: Path) -> Iterator[str]:
    """An HTTPS server that answers one connection."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:

        def answer() -> None:
            connection, _ = listener.accept()
            try:
                with context.wrap_socket(connection, server_side=True) as secure:
                    secure.recv(65536)
                    secure.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello")
            except ssl.SSLError:
                connection.close()

        thread = threading.Thread(target=answer)
        thread.start()
        yield f"https://localhost:{listener.getsockname()[1]}/v1"
        thread.join(30)


@pytest.mark.parametrize(("trusted", "answer"), [(True, "hello"), (False, "refused")])
def test_a_server_is_verified_by_the_authorities_of_the_environment(
    certificate: Path, base_url: str, *, trusted: bool, answer: str
) -> None:
    environment = {**os.environ, "SSL_CERT_FILE": str(certificate)} if trusted else {**os.environ}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", CODE, base_url],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=environment,
    )
    assert (done.stdout, done.stderr) == (f"{answer}\n", "")
