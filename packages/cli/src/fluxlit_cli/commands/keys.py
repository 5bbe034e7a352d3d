"""``fluxlit keys``: API keys of an application, in the store that its servers use."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Protocol, TypeVar

import typer

from fluxlit_cli.console import remark, say
from fluxlit_cli.errors import UsageProblemError
from fluxlit_cli.project import load_project_config, resolve_target

__all__ = ("KeyInfo", "Keys", "create", "list_keys", "register", "revoke")

_Result = TypeVar("_Result")
_TargetOption = Annotated[
    str | None,
    typer.Option("--target", help="module:attribute (default: the project file's, else app:app).", show_default=False),
]
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


class KeyInfo(Protocol):
    """What is known of a key."""

    id: str
    name: str
    user: str
    roles: frozenset[str]
    scopes: frozenset[str]
    created_at: float
    expires_at: float | None
    used_at: float | None


class Keys(Protocol):
    """The keys of an application: ``app.api_keys``."""

    async def create(
        self, name: str, *, user: str, roles: Sequence[str], scopes: Sequence[str], expires_seconds: float | None
    ) -> Any:
        """Make a key; it has ``text``, which is shown once, and ``record``."""
        ...

    async def every(self) -> Sequence[KeyInfo]:
        """All keys."""
        ...

    async def revoke(self, key_id: str) -> bool:
        """End a key; whether there was one."""
        ...

    async def close(self) -> None:
        """Give back connections."""
        ...


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    keys = typer.Typer(help="API keys for programs.", no_args_is_help=True, rich_markup_mode=None)
    keys.command("create")(create)
    keys.command("list")(list_keys)
    keys.command("revoke")(revoke)
    app.add_typer(keys, name="keys")


def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the key is for.")],
    *,
    target: _TargetOption = None,
    user: Annotated[
        str, typer.Option("--user", help="Whom its bearer is to the application (default: the key itself).")
    ] = "",
    role: Annotated[list[str] | None, typer.Option("--role", help="A role; repeat for more.")] = None,
    scope: Annotated[list[str] | None, typer.Option("--scope", help="A scope; repeat for more.")] = None,
    expires: Annotated[
        str | None, typer.Option("--expires", help="How long it lasts, as 12h or 90d (default: for ever).")
    ] = None,
) -> None:
    """Make a key and print it, once: only its hash is kept."""
    seconds = _seconds(expires)
    made = _with_keys(
        target,
        lambda keys: keys.create(name, user=user, roles=role or (), scopes=scope or (), expires_seconds=seconds),
    )
    remark(f"Key {made.record.id} ({made.record.name}). It is not shown again:")
    say(made.text)


def list_keys(
    *,
    target: _TargetOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON array.")] = False,
) -> None:
    """List the keys: id, name, user, rights, when they were made, end, and were last used."""
    rows = [_row(key) for key in _with_keys(target, lambda keys: keys.every())]
    if as_json:
        say(json.dumps(rows, indent=2))
        return
    for row in rows:
        rights = " ".join([*(f"role:{each}" for each in row["roles"]), *(f"scope:{each}" for each in row["scopes"])])
        ends, used = row["expires"] or "never", row["used"] or "never"
        say(f"{row['id']}  {row['name']}  {row['user']}  {rights or '-'}  ends {ends}  used {used}")


def revoke(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="The key's id, as list shows it.")],
    *,
    target: _TargetOption = None,
) -> None:
    """End a key: requests with it are refused at once, and its open sockets close within a second."""
    if not _with_keys(target, lambda keys: keys.revoke(key_id)):
        raise UsageProblemError(f"There is no key {key_id!r}; `fluxlit keys list` shows them.")
    remark(f"Key {key_id} is revoked.")


def _with_keys(target: str | None, use: Callable[[Keys], Awaitable[_Result]]) -> _Result:
    from fluxlit_cli.application import load_application  # noqa: PLC0415 -- heavy, and --help must not wait for it

    app: Any = load_application(resolve_target(target, load_project_config()))

    async def work() -> _Result:
        keys: Keys = app.api_keys
        try:
            return await use(keys)
        finally:
            await keys.close()

    try:
        return asyncio.run(work())
    finally:
        app.close_session_store()


def _seconds(text: str | None) -> float | None:
    if text is None:
        return None
    match = re.fullmatch(r"([1-9]\d*)([smhd])", text.strip())
    if match is None:
        raise UsageProblemError(f"--expires {text!r} is not understood: write 30m, 12h or 90d.")
    return float(int(match[1]) * _SECONDS[match[2]])


def _row(key: KeyInfo) -> dict[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "user": key.user,
        "roles": sorted(key.roles),
        "scopes": sorted(key.scopes),
        "created": _when(key.created_at),
        "expires": _when(key.expires_at),
        "used": _when(key.used_at),
    }


def _when(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
