"""Which files are served, and in which order they are prepared."""

import subprocess
import sys
from pathlib import Path

import pytest

from fluxlit_gateway.assets import AssetCacheError, AssetChangedError, StaticAssets
from fluxlit_gateway.assets.inventory import find_assets, first_view


def test_all_but_html_the_manifest_and_hidden_files_are_assets(root: Path) -> None:
    assert set(find_assets(root)) == {
        "/favicon.png",
        "/static/js/app.A1.js",
        "/static/js/late.B2.js",
        "/static/js/tiny.C3.js",
        "/static/media/font.D4.woff2",
    }


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "",
        "/index.html",
        "/manifest.json",
        "/static",
        "/static/",
        "/static/js/page.html",
        "/static/js/none.js",
        "static/js/app.A1.js",
        "//static/js/app.A1.js",
        "/static//js/app.A1.js",
        "/static/js/app.A1.js/",
        "/STATIC/js/app.A1.js",
        "/static/js/../js/app.A1.js",
        "/static/../../secret",
        "/static/js/..\\..\\index.html",
        "/static/%2e%2e/index.html",
        "/etc/passwd",
        "/static/js/app.A1.js\0",
        "/app/static/js/app.A1.js",
    ],
)
def test_any_other_path_is_the_upstreams(assets: StaticAssets, path: str) -> None:
    assert assets.match(path) is None


def test_what_index_html_names_comes_first_then_the_smaller(root: Path) -> None:
    order = [asset.path for asset in first_view(root, find_assets(root))]

    assert order[:2] == ["/static/js/late.B2.js", "/static/js/tiny.C3.js"]
    assert order[-1] == "/static/js/app.A1.js"


def test_a_folder_without_index_html_is_served_too(root: Path) -> None:
    (root / "index.html").unlink()

    assert len(first_view(root, find_assets(root))) == 5


def test_only_text_of_some_size_is_compressible(root: Path) -> None:
    compressible = {path for path, asset in find_assets(root).items() if asset.compressible}

    assert compressible == {"/static/js/app.A1.js", "/static/js/late.B2.js"}


def test_a_file_of_another_size_than_listed_is_not_read(root: Path) -> None:
    asset = find_assets(root)["/static/js/tiny.C3.js"]
    asset.file.write_bytes(b"22")

    with pytest.raises(AssetChangedError, match=r"tiny\.C3\.js"):
        asset.read()


def test_streamlit_is_found_without_being_imported(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib\n"
        "from fluxlit_gateway.assets import StaticAssets\n"
        "assets = StaticAssets.for_streamlit(cache_dir=pathlib.Path(sys.argv[1]))\n"
        "assert assets is not None and assets.match('/favicon.png') is not None\n"
        "assert not [name for name in sys.modules if name.partition('.')[0] == 'streamlit'], 'imported'\n"
    )

    subprocess.run([sys.executable, "-c", program, tmp_path], check=True, timeout=60)

    (folder,) = tmp_path.iterdir()
    assert folder.name.startswith("streamlit-1.")


def test_the_cache_is_the_users_own_folder_unless_another_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    assert StaticAssets.for_streamlit() is not None

    (folder,) = (tmp_path / "fluxlit" / "assets").iterdir()
    assert folder.name.startswith("streamlit-1.")


def test_a_users_folder_that_cannot_be_used_is_a_warning_a_given_one_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    no_folder = tmp_path / "file"
    no_folder.write_bytes(b"")
    monkeypatch.setenv("XDG_CACHE_HOME", str(no_folder))

    assert StaticAssets.for_streamlit() is not None
    assert "kept in memory only" in caplog.text

    with pytest.raises(AssetCacheError, match="give a folder that this user can write"):
        StaticAssets.for_streamlit(cache_dir=no_folder)


def test_without_streamlit_there_is_nothing_to_serve(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [path for path in sys.path if "site-packages" not in path])
    monkeypatch.setattr(sys, "path_importer_cache", {})
    monkeypatch.delitem(sys.modules, "streamlit", raising=False)

    assert StaticAssets.for_streamlit() is None
