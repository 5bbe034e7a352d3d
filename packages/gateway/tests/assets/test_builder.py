"""Building in the background: resumable, cancellable, shared, and never in the way."""

import asyncio
import gzip
import os
import threading
from pathlib import Path
from typing import Any

import brotli
import pytest
import zstandard

from fluxlit_gateway.assets import Asset, StaticAssets, builder
from fluxlit_gateway.assets.builder import VariantBuilder
from fluxlit_gateway.assets.compression import compress
from fluxlit_gateway.assets.inventory import find_assets
from fluxlit_gateway.assets.representations import Representations
from fluxlit_gateway.assets.variant_store import VariantStore

SECONDS = 60


@pytest.fixture
def all_assets(root: Path) -> list[Asset]:
    return list(find_assets(root).values())


@pytest.fixture
def store(cache_dir: Path) -> VariantStore:
    return VariantStore(cache_dir, key="streamlit-0")


def builder_of(assets: list[Asset], store: VariantStore | None) -> VariantBuilder:
    return VariantBuilder(assets, store=store, representations=Representations(store, memory_bytes=10**6))


def built(store: VariantStore) -> set[str]:
    return {file.name for file in store.folder.iterdir() if file.name != "lock"}


def test_every_compressible_file_gets_every_coding(all_assets: list[Asset], store: VariantStore, script: bytes) -> None:
    builder_of(all_assets, store).run()

    names = [
        f"static%2Fjs%2F{name}.{coding}" for name in ("app.A1.js", "late.B2.js") for coding in ("br", "gzip", "zstd")
    ]
    assert built(store) == set(names)
    app = next(asset for asset in all_assets if asset.path.endswith("app.A1.js"))
    assert gzip.decompress(store.load(app, "gzip", plain=script) or b"") == script
    assert zstandard.ZstdDecompressor().decompress(store.load(app, "zstd", plain=script) or b"") == script
    decoder: Any = brotli
    assert decoder.decompress(store.load(app, "br", plain=script)) == script


def test_a_second_run_makes_only_what_is_missing_or_damaged(all_assets: list[Asset], store: VariantStore) -> None:
    builder_of(all_assets, store).run()
    written = {file: (file.stat().st_mtime_ns, file.read_bytes()) for file in store.folder.glob("*.js.*")}
    missing, damaged, *kept = sorted(written)
    missing.unlink()
    damaged.write_bytes(b"damaged")

    builder_of(all_assets, store).run()

    assert [missing.read_bytes(), damaged.read_bytes()] == [written[missing][1], written[damaged][1]]
    assert {file: file.stat().st_mtime_ns for file in kept} == {file: written[file][0] for file in kept}


def test_a_stop_ends_it_between_two_pieces(
    all_assets: list[Asset], store: VariantStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()
    files: list[bytes] = []

    def held_up(*arguments: Any, cancelled: threading.Event, **_: Any) -> bytes | None:
        files.append(arguments[0])
        begun.set()
        assert go_on.wait(SECONDS)
        return compress(*arguments, cancelled=cancelled)

    monkeypatch.setattr(builder, "compress", held_up)
    background = builder_of(all_assets, store)
    background.start()
    assert begun.wait(SECONDS)

    background._cancelled.set()
    go_on.set()

    assert background.wait(SECONDS)
    assert len(files) == 1, "no other was begun"
    assert built(store) == set(), "the one that was being made is not kept"


def test_a_stop_does_not_wait_for_a_piece_that_takes_long(
    all_assets: list[Asset], store: VariantStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on, ended = threading.Event(), threading.Event(), threading.Event()

    def held_up(*arguments: Any, cancelled: threading.Event, **_: Any) -> bytes | None:
        begun.set()
        assert go_on.wait(SECONDS)
        ended.set()
        return compress(*arguments, cancelled=cancelled)

    monkeypatch.setattr(builder, "compress", held_up)
    background = builder_of(all_assets, store)
    background.start()
    assert begun.wait(SECONDS)
    thread = background._thread

    background.stop(patience=0.0)

    assert not ended.is_set()
    go_on.set()
    assert thread is not None
    thread.join(SECONDS)
    assert built(store) == set()


def test_after_a_stop_it_can_be_started_again(all_assets: list[Asset], store: VariantStore) -> None:
    background = builder_of(all_assets, store)
    background.stop()

    background.start()

    assert background.wait(SECONDS)
    assert len(built(store)) == 6


def test_two_builders_share_one_folder(all_assets: list[Asset], cache_dir: Path) -> None:
    stores = [VariantStore(cache_dir, key="streamlit-0") for _ in range(2)]
    builders = [builder_of(all_assets, store) for store in stores]

    for one in builders:
        one.start()

    assert all(one.wait(SECONDS) for one in builders)
    assert len(built(stores[0])) == 6


def test_the_thread_has_the_lowest_priority(all_assets: list[Asset], monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []

    def note_priority(*arguments: Any, **options: Any) -> bytes | None:
        seen.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
        return compress(*arguments, **options)

    monkeypatch.setattr(builder, "compress", note_priority)
    background = builder_of(all_assets, None)
    background.start()

    assert background.wait(SECONDS)
    assert seen == [19, 19]
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) < 19


def test_without_a_folder_brotli_is_built_into_memory(all_assets: list[Asset], script: bytes) -> None:
    representations = Representations(None, memory_bytes=10**6)
    VariantBuilder(all_assets, store=None, representations=representations).run()
    app = next(asset for asset in all_assets if asset.path.endswith("app.A1.js"))

    held = asyncio.run(representations.get(app, "br"))

    assert held.best
    assert len(held.body) < len(compress(script, "br", "quick") or b"")


def test_a_folder_that_vanishes_is_a_warning_not_a_crash(
    all_assets: list[Asset], store: VariantStore, caplog: pytest.LogCaptureFixture
) -> None:
    store.folder.rmdir()
    background = builder_of(all_assets, store)

    background.start()

    assert background.wait(SECONDS)
    assert "assets keep being compressed on request" in caplog.text


async def test_stop_without_start_and_twice_are_fine(assets: StaticAssets) -> None:
    await assets.stop()
    await assets.start()
    await assets.start()
    await assets.stop()
    await assets.stop()
