"""Opens the store that one setting names: `memory://`, `sqlite:///path`, `redis://…`, `rediss://…` or `unix://…`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from fluxlit_sessions.errors import StoreUrlError
from fluxlit_sessions.stores.encoded import DEFAULT_TTL_SECONDS
from fluxlit_sessions.stores.memory import InMemorySessionStore
from fluxlit_sessions.stores.sqlite import SQLiteSessionStore
from fluxlit_sessions.stores.sqlite_file import Synchronous
from fluxlit_sessions.values.codec import DEFAULT_MAX_BYTES

if TYPE_CHECKING:
    from fluxlit_sessions.encryption import SessionEncryption
    from fluxlit_sessions.protocols import AtomicSessionStore

__all__ = ("open_store",)

_EXPECTED = "memory://, sqlite:///path, redis://host:port/db, rediss://host:port/db or unix:///path"


class _Options(BaseModel):
    """Options in the query of every address."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    default_ttl_seconds: float = Field(default=DEFAULT_TTL_SECONDS, description="Seconds a session lives.")
    max_bytes: int = Field(default=DEFAULT_MAX_BYTES, ge=1, description="The largest session admitted, as JSON.")


class _MemoryOptions(_Options):
    max_entries: int = Field(default=5000, ge=1, description="How many sessions are kept.")


class _SQLiteOptions(_Options):
    busy_timeout_seconds: float = Field(default=10.0, gt=0, description="How long a write waits for others.")
    synchronous: Synchronous = Field(default="normal", description="`full` survives the loss of power.")


class _RedisOptions(_Options):
    prefix: str = Field(default="fluxlit:session:", pattern=r"^[^{}]*$", description="Begins every key.")
    timeout_seconds: float = Field(default=5.0, gt=0, description="For connecting, and for each answer.")
    cluster: bool = Field(default=False, description="Whether the server is a node of a cluster.")


def open_store(url: str, *, encryption: SessionEncryption | None = None) -> AtomicSessionStore:
    """Open the store at an address. The caller closes it.

    Options follow in the query: `default_ttl_seconds` and `max_bytes` for all, `max_entries` for memory,
    `busy_timeout_seconds` and `synchronous` for SQLite, `prefix`, `timeout_seconds`, `cluster` and those of redis-py
    for Redis. As in SQLAlchemy, `sqlite:///name.db` is relative to the working directory and `sqlite:////var/name.db`,
    with four slashes, absolute.

    Args:
        url: The address, for example of the setting `FLUXLIT_SESSION_STORE`.
        encryption: Encrypts what is stored.

    Raises:
        StoreUrlError: The address cannot be understood; the message says why and never repeats a password.
        StoreUnavailableError: The SQLite file cannot be opened. Redis is first contacted when it is used.
        MissingExtraError: The address is of Redis and redis-py is not installed.
    """
    parts = urlsplit(url)
    if parts.scheme == "memory":
        return _open_memory(parts, encryption)
    if parts.scheme == "sqlite":
        return _open_sqlite(parts, encryption)
    if parts.scheme in {"redis", "rediss", "unix"}:
        return _open_redis(parts, encryption)
    raise StoreUrlError(f"no session store has the scheme {parts.scheme!r}; expected {_EXPECTED}")


def _open_memory(parts: SplitResult, encryption: SessionEncryption | None) -> AtomicSessionStore:
    if parts.netloc or parts.path.strip("/"):
        raise StoreUrlError(f"memory:// takes no host or path, but has {parts.netloc + parts.path!r}; write memory://")
    options = _options(_MemoryOptions, dict(parse_qsl(parts.query)))
    return InMemorySessionStore(**options.model_dump(), encryption=encryption)


def _open_sqlite(parts: SplitResult, encryption: SessionEncryption | None) -> AtomicSessionStore:
    if parts.netloc:
        raise StoreUrlError(
            f"sqlite://{parts.netloc}… names a host; write three slashes for a relative path, four for an absolute one"
        )
    name = unquote(parts.path).removeprefix("/")
    if name in {"", ":memory:"}:
        raise StoreUrlError("sqlite:// needs the path of a file, as in sqlite:///sessions.db; for memory use memory://")
    path = Path(name)
    if not path.is_absolute() and not path.parent.is_dir():
        # Three slashes are often meant as an absolute path; a folder made in the wrong place would go unnoticed.
        raise StoreUrlError(
            f"sqlite:///{name} is relative to the working directory, which has no folder {str(path.parent)!r}; "
            f"for an absolute path write sqlite:////{name}"
        )
    options = _options(_SQLiteOptions, dict(parse_qsl(parts.query)))
    return SQLiteSessionStore(path, **options.model_dump(), encryption=encryption)


def _open_redis(parts: SplitResult, encryption: SessionEncryption | None) -> AtomicSessionStore:
    from fluxlit_sessions.stores.redis import RedisSessionStore  # noqa: PLC0415 - an extra, and slow to import

    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    own = {name: query.pop(name) for name in list(query) if name in _RedisOptions.model_fields}
    options = _options(_RedisOptions, own)
    # Not urlunsplit: it writes unix:///path, whose host is empty, as unix:/path.
    url = f"{parts.scheme}://{parts.netloc}{parts.path}" + (f"?{urlencode(query)}" if query else "")
    return RedisSessionStore(url, **options.model_dump(), encryption=encryption)


def _options(model: type[_Options], given: dict[str, Any]) -> _Options:
    try:
        return model.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = ".".join(str(part) for part in first["loc"])
        known = ", ".join(model.model_fields)
        raise StoreUrlError(
            f"option {name}={given.get(name)!r} of the session store: {first['msg']}; known options: {known}"
        ) from error
