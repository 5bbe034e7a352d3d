"""The user's application, as the command sees it: a Protocol, and how it is loaded.

Loading imports the user's module once. Whatever goes wrong there becomes one message.
"""

import sys
import threading
import traceback
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Protocol, cast

from fluxlit_cli.common_mistakes import hint_for
from fluxlit_cli.console import remark
from fluxlit_cli.errors import CliError, TargetError
from fluxlit_cli.user_code import short_name, user_frames

__all__ = ("Application", "ApplicationSettings", "load_application", "problem_text")


class ApplicationSettings(Protocol):
    """The settings that serving reads; ``FluxlitSettings`` has them."""

    gateway_host: str
    gateway_port: int
    log_level: str
    api_mount_path: str
    trust_proxy: bool
    forwarded_allow_ips: str | None


class Application(Protocol):
    """What an object must offer to be served: the ``FluxLit`` object does."""

    settings: ApplicationSettings
    title: str
    import_target: str | None

    async def __call__(
        self,
        scope: Any,
        receive: Callable[[], Awaitable[Any]],
        send: Callable[[Any], Awaitable[None]],
    ) -> None:
        """Answer one ASGI connection; the lifespan starts and stops the sidecars."""
        ...

    async def wait_until_ready(self, timeout: float | None = None) -> None:  # noqa: ASYNC109 -- the agreed signature
        """Return when pages can be served.

        Args:
            timeout: Seconds to wait at most; ``None`` waits for as long as it takes.
        """
        ...

    def status(self) -> Mapping[str, object]:
        """What runs: the gateway and each sidecar."""
        ...

    def log_config(self) -> dict[str, Any]:
        """The ``logging.config`` dictionary of a process that serves it."""
        ...

    async def reload_ui(self) -> None:
        """Replace every sidecar, one after the other, without losing visitors."""
        ...


_PATIENCE_SECONDS = 5.0
_REQUIRED = ("settings", "wait_until_ready", "reload_ui")


def load_application(target: str) -> Application:
    """Import the module of ``target`` and take the application from it.

    Raises:
        TargetError: It cannot be loaded, or is no FluxLit application; the message says which, where and what to do.
    """
    from fluxlit_pages.target import load_target  # noqa: PLC0415 -- loads what serving needs and --help must not

    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    slow = threading.Timer(
        _PATIENCE_SECONDS,
        remark,
        [f"Still importing {target!r}; what its module does at import runs before anything is served."],
    )
    slow.daemon = True
    slow.start()
    try:
        loaded = load_target(target)
    except (Exception, SystemExit) as error:
        raise TargetError(_loading_problem(target, error)) from error
    finally:
        slow.cancel()
    if not callable(loaded) or not all(hasattr(loaded, name) for name in _REQUIRED):
        raise TargetError(_wrong_type(target, loaded))
    return cast("Application", loaded)


def problem_text(error: BaseException) -> str:
    """The message of an error, without the frame that pydantic puts around it."""
    errors = getattr(error, "errors", None)
    if type(error).__name__ == "ValidationError" and callable(errors):
        found = cast("list[dict[str, Any]]", errors())
        return "\n".join(str(item["msg"]) for item in found)
    return str(error)


def _loading_problem(target: str, error: BaseException) -> str:
    cause = error.__cause__ if error.__cause__ is not None and type(error).__name__ == "TargetImportError" else None
    if cause is None:
        return f"Cannot load {target!r}: {problem_text(error)}"
    if isinstance(cause, CliError):
        return f"Cannot load {target!r}: {cause}"
    place = _user_line(cause)
    # Our own packages' messages say what they are about, and a setting's place is not where it was read.
    ours = type(cause).__module__.startswith("fluxlit")
    settings = type(cause).__name__ == "ValidationError"
    kind = "" if ours or settings else f"{type(cause).__name__}: "
    if settings and "argument " not in problem_text(cause):
        place = ""
    if isinstance(cause, SystemExit):
        kind, text = (
            "",
            f"the module ended the program with exit code {cause.code!r} while it was imported; remove that.",
        )
    else:
        text = problem_text(cause) or "(no message)"
    hint = hint_for(cause, Path.cwd())
    return f"Cannot load {target!r}: {kind}{text}{place}" + (f"\n  {hint}" if hint else "")


def _user_line(error: BaseException) -> str:
    """The innermost line of the user's own code that led to ``error``."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"\n  in {short_name(error.filename)}, line {error.lineno}: {(error.text or '').strip()}"
    own = user_frames(traceback.extract_tb(error.__traceback__))
    if not own:
        return ""
    return f"\n  in {short_name(own[-1].filename)}, line {own[-1].lineno}: {own[-1].line}"


def _wrong_type(target: str, loaded: object) -> str:
    kind = type(loaded).__name__
    module, _, attribute = target.rpartition(":")
    message = f"{target!r} is of the type {kind}, not a FluxLit application."
    if kind in {"FastAPI", "Starlette"}:
        return (
            f"{message} Make one with `{attribute} = FluxLit(...)` and put the routes on its `.api`, "
            f"or serve this object with `uvicorn {target}`."
        )
    if isinstance(loaded, type) and loaded.__name__ == "FluxLit":
        return f"{target!r} is the class FluxLit itself. Name an object made of it, such as '{module}:app'."
    return f"{message} Name the object made by `FluxLit(...)`, such as '{module or 'app'}:app'."
