"""The private folder that holds the sockets, the locks and the keys of one run.

Lifecycle: made with mode 0700 under a short path (a Unix socket's path holds 107 bytes on Linux, 103 on macOS), held by
a lock on ``owner.lock`` while its owner lives, removed by the owner. What a killed owner left behind is recognised by
its free lock and removed by the next one that opens a folder beside it.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import hmac
import os
import secrets
import shutil
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Self

from fluxlit_sidecar.errors import RuntimeFolderError

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ("RuntimeFolder", "is_private", "lock_file", "sweep_abandoned")

# sizeof(sockaddr_un.sun_path) is 108 on Linux and 104 on macOS, with a closing zero; the smaller holds everywhere.
_LONGEST_SOCKET_PATH = 103
# Room for "/" and the longest socket name that this package makes.
_ROOM_FOR_NAMES = 20
_SHORT_BASE = Path("/tmp")  # noqa: S108 - what is made in it has an unguessable name or is checked to be private
_PREFIX = "fluxlit-"
_OWNER_LOCK = "owner.lock"
_KEY_FILE = "secret.key"
_KEY_BYTES = 32


class RuntimeFolder:
    """A folder of mode 0700 for this user alone.

    Args:
        path: The folder, which must exist; use `create` to make one.

    Example:
        >>> with RuntimeFolder.create() as folder:
        ...     folder.socket_path("api").name
        'api.sock'
    """

    def __init__(self, path: Path, *, lock_fd: int | None = None) -> None:
        self._path = path
        self._lock_fd = lock_fd

    @classmethod
    def create(cls, *, base: Path | None = None) -> Self:
        """Make a fresh folder under `base` and sweep what killed owners left beside it.

        Args:
            base: Folder to make it in; ``XDG_RUNTIME_DIR`` or the system's temporary folder by default.

        Raises:
            RuntimeFolderError: The folder cannot be made, or its path leaves no room for socket names.
        """
        root = base or _default_base()
        sweep_abandoned(root)
        try:
            path = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=root))
        except OSError as error:
            raise RuntimeFolderError(f"cannot make a private folder in {str(root)!r}: {error}; set TMPDIR") from error
        _refuse_long(path)
        return cls(path, lock_fd=lock_file(path / _OWNER_LOCK))

    @classmethod
    def shared(cls, identity: str, *, base: Path | None = None) -> Self:
        """The folder that every process which asks with the same `identity` shares; made when it is missing.

        Its lock is for whoever supervises what is in it; see `take_lock`.

        Raises:
            RuntimeFolderError: As for `create`, or the folder is not private to this user.
        """
        root = base or _default_base()
        digest = hashlib.sha256(f"{os.geteuid()}:{identity}".encode()).hexdigest()[:16]
        path = root / f"{_PREFIX}{digest}"
        try:
            path.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise RuntimeFolderError(f"cannot make the shared folder {str(path)!r}: {error}; set TMPDIR") from error
        if not is_private(path):
            raise RuntimeFolderError(f"the folder {str(path)!r} is not private to this user; remove it or set TMPDIR")
        _refuse_long(path)
        return cls(path)

    def take_lock(self) -> int | None:
        """Try to become the owner: a file descriptor that holds the lock while it is open, or None if there is one.

        The folder is made again if it has been swept away meanwhile.
        """
        self._path.mkdir(mode=0o700, exist_ok=True)
        return lock_file(self._path / _OWNER_LOCK)

    @property
    def path(self) -> Path:
        """The folder."""
        return self._path

    @property
    def owned(self) -> bool:
        """Whether this process owns the folder, and it goes when the process does."""
        return self._lock_fd is not None

    def socket_path(self, name: str) -> Path:
        """Where the Unix socket called `name` belongs."""
        return self._path / f"{name}.sock"

    def secret(self, purpose: str) -> str:
        """A secret of 64 hexadecimal digits for `purpose`, the same for every process that uses this folder."""
        return hmac.new(self._key(), purpose.encode(), hashlib.sha256).hexdigest()

    def _key(self) -> bytes:
        key_file = self._path / _KEY_FILE
        with contextlib.suppress(FileNotFoundError):
            return key_file.read_bytes()
        draft = self._path / f"{_KEY_FILE}.{secrets.token_hex(4)}"
        draft.touch(mode=0o600)
        draft.write_bytes(secrets.token_bytes(_KEY_BYTES))
        # A hard link fails when another process was first: all of them then read the same bytes, and whole.
        with contextlib.suppress(FileExistsError):
            os.link(draft, key_file)
        draft.unlink()
        return key_file.read_bytes()

    def remove(self) -> None:
        """Remove the folder and all in it, if this process owns it. Safe to call twice."""
        if self._lock_fd is not None:
            shutil.rmtree(self._path, ignore_errors=True)
            os.close(self._lock_fd)
            self._lock_fd = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.remove()


def lock_file(path: Path) -> int | None:
    """Lock `path` without waiting: an open file descriptor that holds the lock, or None when another holds it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Another process may have removed the file between the two calls; a lock on a file without a name is none.
        if os.fstat(descriptor).st_ino == path.stat().st_ino:
            return descriptor
    except OSError:
        pass
    os.close(descriptor)
    return None


def sweep_abandoned(base: Path) -> None:
    """Remove the folders in `base` whose owner is gone: those of this user whose lock file exists and is free."""
    for path in base.glob(f"{_PREFIX}*"):
        lock = path / _OWNER_LOCK
        # A folder without a lock file is one that is being made this moment.
        if not lock.exists() or not is_private(path):
            continue
        with contextlib.suppress(OSError):
            descriptor = lock_file(lock)
            if descriptor is not None:
                shutil.rmtree(path, ignore_errors=True)
                os.close(descriptor)


def is_private(path: Path) -> bool:
    """Whether `path` is a real folder, owned by this user and closed to everyone else."""
    info = path.lstat()
    return stat.S_ISDIR(info.st_mode) and info.st_uid == os.geteuid() and not stat.S_IMODE(info.st_mode) & 0o077


def _default_base() -> Path:
    chosen = os.environ.get("XDG_RUNTIME_DIR", "")
    if chosen and os.access(chosen, os.W_OK | os.X_OK):
        return Path(chosen)
    temporary = Path(tempfile.gettempdir())
    # A deep TMPDIR is common in build systems and test runners; /tmp is there on every Unix.
    if _is_too_deep(temporary / f"{_PREFIX}{'x' * 16}") and _SHORT_BASE.is_dir():
        return _SHORT_BASE
    return temporary


def _is_too_deep(path: Path) -> bool:
    return len(os.fsencode(path)) + _ROOM_FOR_NAMES > _LONGEST_SOCKET_PATH


def _refuse_long(path: Path) -> None:
    if _is_too_deep(path):
        path.rmdir()
        raise RuntimeFolderError(
            f"the folder {str(path)!r} is too deep for Unix sockets (at most {_LONGEST_SOCKET_PATH} bytes with the "
            f"socket's name); set TMPDIR or XDG_RUNTIME_DIR to a shorter one",
        )
