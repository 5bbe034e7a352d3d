from __future__ import annotations

import datetime as dt
import ipaddress
import subprocess
import time
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from fluxlit_sessions import StoreUnavailableError, open_store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_LIMIT_SECONDS = 60.0


@pytest.fixture
def cluster_url(redis_server_with: Callable[..., Any]) -> str:
    """A cluster of one node that owns every slot: clients speak the cluster's protocol with it."""
    server = redis_server_with("--cluster-enabled", "yes", "--cluster-port", "{bus}")
    command = ["redis-cli", "-s", str(server.socket)]
    subprocess.run([*command, "cluster", "addslotsrange", "0", "16383"], check=True, capture_output=True)
    until = time.monotonic() + _LIMIT_SECONDS
    while (
        b"cluster_state:ok" not in subprocess.run([*command, "cluster", "info"], check=True, capture_output=True).stdout
    ):
        assert time.monotonic() < until, "the cluster did not become ready"
    return f"redis://127.0.0.1:{server.port}?cluster=true&prefix=app:"


async def test_every_operation_works_in_a_cluster(cluster_url: str) -> None:
    store = open_store(cluster_url)
    store.set("user:x", {"a": 1})
    stored = store.get_versioned("user:x")
    assert stored is not None
    assert store.compare_and_set("user:x", {"a": 2}, expected=stored.version) is not None
    assert store.compare_and_set("user:x", {"a": 3}, expected=stored.version) is None
    assert store.touch("user:x", ttl_seconds=0) is True
    store.set("other", {})
    face = store.async_face()
    assert [sid async for sid in face.iterate("user:")] == list(store.iterate("user:")) == ["user:x"]
    assert await face.get("user:x") == {"a": 2}
    assert await face.compare_and_set("new", {}, expected=None) is not None
    assert await face.pop("user:x") == {"a": 2}
    assert store.pop("user:x") is None
    await face.close()
    store.close()


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that is its own authority, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "redis of the tests")])
    now = dt.datetime.now(dt.UTC)
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate_file, key_file = tmp_path / "redis.crt", tmp_path / "redis.key"
    certificate_file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate_file, key_file


async def test_rediss_speaks_tls_and_checks_the_certificate(
    certificate: tuple[Path, Path], redis_server_with: Callable[..., Any]
) -> None:
    certificate_file, key_file = certificate
    server = redis_server_with(
        "--port", "0", "--tls-port", "{port}", "--tls-cert-file", str(certificate_file),
        "--tls-key-file", str(key_file), "--tls-ca-cert-file", str(certificate_file), "--tls-auth-clients", "no",
        "--requirepass", "a-password",
    )  # fmt: skip
    address = f"rediss://:a-password@127.0.0.1:{server.port}/0"
    store = open_store(f"{address}?ssl_ca_certs={certificate_file}")
    store.set("x", {"a": 1})
    face = store.async_face()
    assert await face.get("x") == {"a": 1}
    await face.close()
    store.close()
    untrusting = open_store(f"{address}?timeout_seconds=2")
    with pytest.raises(StoreUnavailableError, match="certificate") as raised:
        untrusting.get("x")
    assert "a-password" not in str(raised.value)
    untrusting.close()
