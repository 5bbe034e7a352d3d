from __future__ import annotations

import hashlib
import io
import os
import tracemalloc
from typing import TYPE_CHECKING, Annotated, Any

import pytest
from fastapi import FastAPI, Form, HTTPException, UploadFile
from fastapi.responses import FileResponse, StreamingResponse

from fluxlit_client import ApiClient, ApiConnectionError, ApiStatusError, AsyncApiClient
from fluxlit_client.streams.progress import ProgressMeter, size_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import Serve

app = FastAPI()
BIG = 64 * 1024 * 1024
BLOCK = bytes(range(256)) * 256


@app.get("/big")
def big() -> StreamingResponse:
    blocks: Iterator[bytes] = (BLOCK for _ in range(BIG // len(BLOCK)))
    headers = {
        "content-length": str(BIG),
        "content-disposition": 'attachment; filename="../../etc/r\u00e9sum\u00e9.bin"',
    }
    return StreamingResponse(blocks, headers=headers, media_type="application/x-big; v=1")


@app.get("/unsized/report.csv")
def unsized() -> StreamingResponse:
    return StreamingResponse(iter([b"a,b\n"] * 3), media_type="text/csv")


@app.get("/named")
def named() -> FileResponse:
    return FileResponse(__file__, filename="naïve 名前.py")


@app.get("/short")
def short() -> StreamingResponse:
    return StreamingResponse(iter([b"half"]), headers={"content-length": "8"})


@app.post("/two")
def two(first: UploadFile, second: UploadFile) -> list[str | None]:
    return [first.filename, second.filename]


@app.get("/missing")
def missing() -> None:
    raise HTTPException(404, "no such file")


@app.post("/upload")
def upload(file: UploadFile, note: Annotated[str, Form()] = "") -> list[Any]:
    digest = hashlib.sha256()
    while block := file.file.read(len(BLOCK)):
        digest.update(block)
    return [file.filename, file.content_type, digest.hexdigest(), note]


@app.put("/refused")
def refused(photo: UploadFile) -> None:
    raise HTTPException(413, f"{photo.filename} is too large")


@pytest.fixture(scope="module")
def base_url(serve: Serve) -> str:
    return serve(app).unix


@pytest.fixture
def client(base_url: str) -> ApiClient:
    return ApiClient(base_url)


class Bar:
    """What ``st.progress`` accepts, and nothing else."""

    def __init__(self) -> None:
        self.steps: list[tuple[float, str]] = []

    def progress(self, value: float, text: str | None = None) -> None:
        assert type(value) is float
        assert 0.0 <= value <= 1.0
        assert isinstance(text, str)
        self.steps.append((value, text))


def test_a_download_goes_to_a_temporary_file_with_the_servers_name_and_type(client: ApiClient) -> None:
    with client.download("/unsized/report.csv") as download:
        assert download.file.read() == b"a,b\n" * 3
        assert (download.name, download.content_type, download.size) == ("report.csv", "text/csv", 12)
    assert download.file.closed


def test_a_download_goes_to_a_path_or_an_open_file(client: ApiClient, tmp_path: Path) -> None:
    with client.download("/unsized/report.csv", tmp_path / "a.csv"):
        assert (tmp_path / "a.csv").read_bytes() == b"a,b\n" * 3
    target = io.BytesIO()
    client.download("/unsized/report.csv", target)
    assert target.read() == b"a,b\n" * 3


def test_a_server_cannot_choose_the_folder(client: ApiClient) -> None:
    with client.download("/named") as download:
        assert download.name == "naïve 名前.py"
    with client.download("/big") as download:
        assert "/" not in download.name
        assert download.name.endswith(".bin")


def test_a_big_download_is_never_held_in_memory_and_reports_its_progress(client: ApiClient, tmp_path: Path) -> None:
    bar = Bar()
    tracemalloc.start()
    try:
        with client.download("/big", tmp_path / "big", progress=bar.progress) as download:
            peak = tracemalloc.get_traced_memory()[1]
            assert download.size == BIG
    finally:
        tracemalloc.stop()
    assert peak < BIG / 4
    assert (tmp_path / "big").stat().st_size == BIG
    assert bar.steps[-1] == (1.0, "67.1 MB of 67.1 MB")
    assert 50 <= len(bar.steps) <= 102
    assert [value for value, _ in bar.steps] == sorted(value for value, _ in bar.steps)


def test_a_download_of_unknown_size_reports_its_end(client: ApiClient) -> None:
    bar = Bar()
    with client.download("/unsized/report.csv", progress=bar.progress):
        assert bar.steps == [(0.0, "12 B"), (1.0, "12 B")]


def test_a_refused_download_writes_nothing(client: ApiClient, tmp_path: Path) -> None:
    with pytest.raises(ApiStatusError, match="no such file"):
        client.download("/missing", tmp_path / "a")
    assert not (tmp_path / "a").exists()


def test_an_upload_takes_a_path_bytes_or_an_open_file(client: ApiClient, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b")
    digest = hashlib.sha256(b"a,b").hexdigest()
    assert client.upload("/upload", path).json() == ["a.csv", "text/csv", digest, ""]
    assert client.upload("/upload", str(path), data={"note": "n"}).json()[3] == "n"
    assert client.upload("/upload", b"a,b", name="b.txt").json() == ["b.txt", "text/plain", digest, ""]
    with path.open("rb") as file:
        assert client.upload("/upload", file, content_type="x/y").json() == ["a.csv", "x/y", digest, ""]


def test_an_upload_of_a_file_that_cannot_seek_reports_no_fraction_until_its_end(client: ApiClient) -> None:
    reading, writing = os.pipe()
    os.write(writing, b"a,b")
    os.close(writing)
    bar = Bar()
    with os.fdopen(reading, "rb") as file:
        answer = client.upload("/upload", file, name="a", progress=bar.progress).json()
    assert answer[2] == hashlib.sha256(b"a,b").hexdigest()
    assert bar.steps == [(0.0, "3 B"), (1.0, "3 B")]


def test_a_download_that_breaks_off_is_an_error(client: ApiClient, tmp_path: Path) -> None:
    with pytest.raises(ApiConnectionError):
        client.download("/short", tmp_path / "short")
    # A file left open would warn here, and the warning fail the test.


def test_files_may_be_uploaded_beside_it(client: ApiClient) -> None:
    answer = client.upload("/two", b"a", field="first", files={"second": ("b.txt", b"b")})
    assert answer.json() == ["upload", "b.txt"]


def test_an_upload_begins_at_the_first_byte_of_what_the_page_has_already_read(client: ApiClient) -> None:
    file = io.BytesIO(b"a,b")
    file.read()
    assert client.upload("/upload", file, name="a").json()[2] == hashlib.sha256(b"a,b").hexdigest()


def test_a_big_upload_is_never_held_in_memory_and_reports_its_progress(client: ApiClient, tmp_path: Path) -> None:
    path = tmp_path / "big.bin"
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for _ in range(BIG // len(BLOCK)):
            file.write(BLOCK)
            digest.update(BLOCK)
    bar = Bar()
    tracemalloc.start()
    try:
        answer = client.upload("/upload", path, progress=bar.progress).json()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert answer[2] == digest.hexdigest()
    assert peak < BIG / 4
    assert bar.steps[-1] == (1.0, "67.1 MB of 67.1 MB")
    assert 50 <= len(bar.steps) <= 102


def test_a_refused_upload_is_a_status_error(client: ApiClient) -> None:
    with pytest.raises(ApiStatusError, match=r"a\.jpg is too large"):
        client.upload("/refused", b"x", field="photo", name="a.jpg", method="PUT")


async def test_the_asynchronous_client_transfers_the_same(base_url: str, tmp_path: Path) -> None:
    client, bar = AsyncApiClient(base_url), Bar()
    (await client.download("/unsized/report.csv", tmp_path / "a.csv", progress=bar.progress)).file.close()
    assert (tmp_path / "a.csv").read_bytes() == b"a,b\n" * 3
    answer = await client.upload("/upload", tmp_path / "a.csv", progress=bar.progress)
    assert answer.json()[:2] == ["a.csv", "text/csv"]
    assert bar.steps[-1] == (1.0, "12 B of 12 B")
    with pytest.raises(ApiStatusError):
        await client.download("/missing")


def test_a_server_that_sends_more_than_it_announced_does_not_overrun_the_bar() -> None:
    bar = Bar()
    meter = ProgressMeter(bar.progress, total=10)
    meter.advance(15)
    meter.finish()
    assert [value for value, _ in bar.steps] == [1.0, 1.0]


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (1_250_000, "1.2 MB"), (3_000_000_000_000, "3000.0 GB")],
)
def test_sizes_are_written_for_people(count: int, text: str) -> None:
    assert size_text(count) == text
