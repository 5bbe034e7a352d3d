from __future__ import annotations

import os
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from fluxlit_sidecar import RuntimeFolder, RuntimeFolderError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def base(folder: RuntimeFolder) -> Path:
    # pytest's own folders are too deep for sockets.
    base = folder.path / "b"
    base.mkdir()
    return base


def test_the_folder_is_private_and_goes_with_its_owner(base: Path) -> None:
    with RuntimeFolder.create(base=base) as folder:
        assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700
        assert folder.owned
        path = folder.path
    assert not path.exists()
    folder.remove()


def test_secrets_are_the_same_for_all_who_share_the_folder_and_differ_by_purpose(base: Path) -> None:
    first = RuntimeFolder.shared("one", base=base)
    again = RuntimeFolder.shared("one", base=base)
    assert first.path == again.path != RuntimeFolder.shared("two", base=base).path
    assert first.secret("affinity") == again.secret("affinity") != first.secret("cookies")
    assert [stat.S_IMODE(path.stat().st_mode) for path in first.path.iterdir()] == [0o600]


def test_processes_that_ask_at_once_get_the_same_secret(base: Path) -> None:
    folder = RuntimeFolder.shared("one", base=base)
    program = "import sys, pathlib, fluxlit_sidecar as f; print(f.RuntimeFolder(pathlib.Path(sys.argv[1])).secret('x'))"
    started = [
        subprocess.Popen([sys.executable, "-c", program, str(folder.path)], stdout=subprocess.PIPE) for _ in range(4)
    ]
    assert len({process.communicate(timeout=60)[0] for process in started}) == 1


def test_a_shared_folder_is_not_removed_by_one_of_those_who_share_it(base: Path) -> None:
    folder = RuntimeFolder.shared("one", base=base)
    folder.remove()
    assert folder.path.exists()
    assert not folder.owned


def test_only_one_gets_the_lock_until_it_is_let_go(base: Path) -> None:
    folder = RuntimeFolder.shared("one", base=base)
    held = folder.take_lock()
    assert held is not None
    assert folder.take_lock() is None
    os.close(held)
    second = folder.take_lock()
    assert second is not None
    os.close(second)


def test_p7_what_a_killed_owner_left_is_swept_and_what_others_hold_is_not(base: Path) -> None:
    program = "import sys, os, pathlib, fluxlit_sidecar as f; f.RuntimeFolder.create(base=pathlib.Path(sys.argv[1]))"
    program += "; os._exit(0)"
    subprocess.run([sys.executable, "-c", program, str(base)], check=True, timeout=60)
    (left,) = base.iterdir()
    with RuntimeFolder.create(base=base) as one, RuntimeFolder.create(base=base) as two:
        assert not left.exists()
        assert one.path != two.path
        assert one.path.exists()
        assert two.path.exists()


def test_a_folder_that_is_open_to_others_is_refused(base: Path) -> None:
    folder = RuntimeFolder.shared("one", base=base)
    folder.path.chmod(0o755)
    with pytest.raises(RuntimeFolderError, match="not private"):
        RuntimeFolder.shared("one", base=base)


def test_a_path_that_leaves_no_room_for_sockets_is_refused_with_the_remedy(base: Path) -> None:
    deep = base / ("d" * 90)
    deep.mkdir()
    with pytest.raises(RuntimeFolderError, match=r"too deep for Unix sockets.*set TMPDIR"):
        RuntimeFolder.create(base=deep)
    assert list(deep.iterdir()) == []


def test_a_base_that_does_not_exist_is_refused(base: Path) -> None:
    with pytest.raises(RuntimeFolderError, match="cannot make a private folder"):
        RuntimeFolder.create(base=base / "none")
