"""What a serving command was asked to do, before and after the settings had their say."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ("COMMAND_LINE_VARIABLE", "ServeRequest", "publish")

COMMAND_LINE_VARIABLE = "FLUXLIT_COMMAND_LINE"
"""Carries the flags to every process of the application, as ``{setting: [flag, value]}``; the settings read it."""


@dataclass(frozen=True, kw_only=True)
class ServeRequest:
    """One ``dev``, ``run`` or ``workbench`` command line.

    Attributes:
        target: ``module:attribute`` of the application.
        flags: Settings that the command line gives: name to flag and value.
        uds: Unix socket to listen on instead of an address.
        fd: Inherited, listening socket to serve on.
        workers: Number of gateway processes.
        pidfile: Where to write the pidfile; ``None`` writes none.
        workbench: Print the addresses that Posit Workbench needs.
        development: Whether this is ``dev``.
        open_browser: Open the start page once it is ready.
    """

    target: str
    flags: Mapping[str, tuple[str, object]] = field(default_factory=dict[str, tuple[str, object]])
    uds: Path | None = None
    fd: int | None = None
    workers: int = 1
    pidfile: Path | None = None
    workbench: bool = False
    development: bool = False
    open_browser: bool = False


def publish(request: ServeRequest) -> None:
    """Let this process and those it starts see the target, the flags and whether this is development."""
    os.environ["FLUXLIT_APP"] = request.target
    if request.development:
        os.environ["FLUXLIT_DEVELOPMENT"] = "1"
    if request.flags:
        os.environ[COMMAND_LINE_VARIABLE] = json.dumps(request.flags)
    else:
        # Those of a server that started this one are not ours.
        os.environ.pop(COMMAND_LINE_VARIABLE, None)
