"""The cache folder: what is not whole and right is never served."""

import os
import threading
from pathlib import Path

import pytest

from fluxlit_gateway.assets import Asset, AssetCacheError
from fluxlit_gateway.assets.inventory import find_assets
from fluxlit_gateway.assets.variant_store import VariantStore, default_cache_dir

PLAIN, CODED = b"plain bytes", b"coded"


@pytest.fixture
def store(cache_dir: Path) -> VariantStore:
    return VariantStore(cache_dir, key="streamlit-0")


@pytest.fixture
def asset(root: Path) -> Asset:
    return find_assets(root)["/static/js/app.A1.js"]


def saved_file(store: VariantStore) -> Path:
    (file,) = store.folder.glob("*.br")
    return file


def test_what_was_saved_is_loaded(store: VariantStore, asset: Asset) -> None:
    assert not store.has(asset, "br")
    assert store.load(asset, "br", plain=PLAIN) is None

    store.save(asset, "br", CODED, plain=PLAIN)

    assert store.has(asset, "br")
    assert store.load(asset, "br", plain=PLAIN) == CODED
    assert store.load(asset, "gzip", plain=PLAIN) is None


@pytest.mark.parametrize("kept", [0, 1, 40, -1])
def test_a_file_cut_short_counts_as_missing_and_goes(store: VariantStore, asset: Asset, kept: int) -> None:
    store.save(asset, "br", CODED, plain=PLAIN)
    file = saved_file(store)
    file.write_bytes(file.read_bytes()[:kept])

    assert store.load(asset, "br", plain=PLAIN) is None
    assert not file.exists()


def test_a_damaged_byte_anywhere_is_noticed(store: VariantStore, asset: Asset) -> None:
    store.save(asset, "br", CODED, plain=PLAIN)
    file = saved_file(store)
    good = file.read_bytes()

    for position in range(len(good)):
        bad = bytearray(good)
        bad[position] ^= 1
        file.write_bytes(bad)
        assert store.load(asset, "br", plain=PLAIN) is None, position


def test_a_form_of_other_plain_bytes_is_not_served(store: VariantStore, asset: Asset) -> None:
    store.save(asset, "br", CODED, plain=b"of a patched Streamlit")

    assert store.load(asset, "br", plain=PLAIN) is None


def test_a_failed_write_leaves_nothing_behind(
    store: VariantStore, asset: Asset, monkeypatch: pytest.MonkeyPatch
) -> None:
    def disk_full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", disk_full)

    with pytest.raises(OSError, match="No space"):
        store.save(asset, "br", CODED, plain=PLAIN)
    assert list(store.folder.iterdir()) == []


def test_versions_do_not_share_files(cache_dir: Path, asset: Asset) -> None:
    one, other = VariantStore(cache_dir, key="streamlit-1"), VariantStore(cache_dir, key="streamlit-2/../1")
    one.save(asset, "br", CODED, plain=PLAIN)

    assert not other.has(asset, "br")
    assert other.folder.parent == cache_dir


def test_the_folder_is_private(store: VariantStore) -> None:
    assert store.folder.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_others_can_write_is_refused(cache_dir: Path) -> None:
    folder = cache_dir / "streamlit-0"
    folder.mkdir(parents=True)
    folder.chmod(0o777)

    with pytest.raises(AssetCacheError, match="others than this user"):
        VariantStore(cache_dir, key="streamlit-0")


def test_a_folder_that_is_a_file_is_refused(cache_dir: Path) -> None:
    cache_dir.write_bytes(b"")

    with pytest.raises(AssetCacheError, match="cannot be used"):
        VariantStore(cache_dir, key="streamlit-0")


def test_one_builder_at_a_time_and_leftovers_go(cache_dir: Path, store: VariantStore) -> None:
    leftover = store.folder / "killed.tmp"
    leftover.write_bytes(b"half")
    cancelled = threading.Event()
    second = VariantStore(cache_dir, key="streamlit-0")
    got: list[bool] = []

    def wait_for_the_lock() -> None:
        with second.building(cancelled) as ours:
            got.append(ours)

    with store.building(threading.Event()) as ours:
        assert ours
        assert not leftover.exists()
        waiting = threading.Thread(target=wait_for_the_lock)
        waiting.start()
        cancelled.set()
        waiting.join(60)

    assert got == [False]
    cancelled.clear()
    wait_for_the_lock()
    assert got == [False, True]


def test_the_default_folder_is_the_users_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    assert default_cache_dir() == tmp_path / "fluxlit" / "assets"
