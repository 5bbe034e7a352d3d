"""Describes the child process that serves Streamlit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from fluxlit_sidecar.child.command import python_module
from fluxlit_sidecar.child_spec import ChildSpec
from fluxlit_sidecar.streamlit_server.settings import StreamlitServerSettings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ("streamlit_child",)


def streamlit_child(  # noqa: PLR0913 - one keyword for each thing a Streamlit server can be told
    script: str | Path,
    *,
    setup: str = "",
    env: Mapping[str, str] | None = None,
    base_url_path: str = "",
    streamlit_options: Mapping[str, object] | None = None,
    mode: Literal["run", "dev"] = "run",
    arguments: Sequence[str] = (),
    trusted_user_headers: Mapping[str, str] | None = None,
    allowed_origins: Sequence[str] = (),
    warm_pages: Sequence[str] = (),
    warm_imports: Sequence[str] | None = None,
    spare_imports: Sequence[str] = (),
    lean_runs: bool = True,
    folder: Path | None = None,
) -> ChildSpec:
    """A child that runs ``python -m fluxlit_sidecar.streamlit_server``.

    Args:
        script: The entry script, as given to ``streamlit run``.
        setup: ``module:function`` called without arguments before the sidecar is ready; imports the app.
        env: Variables for the child.
        base_url_path: Public path that the pages are under.
        streamlit_options: Streamlit options by dotted name, as `parse_streamlit_flags` makes them.
        mode: ``run`` is lean; ``dev`` keeps the file watcher.
        arguments: ``sys.argv[1:]`` of page code.
        trusted_user_headers: Header name to the key of ``st.user`` that it fills.
        allowed_origins: Origins that may use the pages besides their own; the gateway checks the same ones.
        warm_pages: Page paths that run once, headless, before the sidecar is ready.
        warm_imports: Modules imported before the sidecar is ready; what tables and charts need by default.
            An empty list also leaves out the rehearsal of a page: a quick start, and a slower first visitor.
            A spare imports them while it waits, so they should be other people's: code that may change is not theirs.
        spare_imports: Modules that a spare imports while it waits besides those, such as the framework that the setup
            hook uses. A module that is not installed is left out.
        lean_runs: Whether parts of Streamlit give way to equivalents that cost less for each run, in ``run`` mode; see
            `fluxlit_sidecar.streamlit_server.run_costs`. Without them a run takes twice the processor time or more.
        folder: Working folder, whose ``.streamlit/config.toml`` counts; the parent's by default.

    Example:
        >>> streamlit_child("pages.py", base_url_path="/shop").probe_path
        '/shop/_stcore/health'
    """
    base = base_url_path.strip("/")
    # Without those imports there is nothing to rehearse with either.
    chosen = {} if warm_imports is None else {"warm_imports": tuple(warm_imports), "rehearse": bool(warm_imports)}
    settings = StreamlitServerSettings.model_validate(
        {
            "script": Path(script).absolute(),
            "arguments": tuple(arguments),
            "setup": setup,
            "mode": mode,
            "base_url_path": base,
            "streamlit_options": dict(streamlit_options or {}),
            "trusted_user_headers": dict(trusted_user_headers or {}),
            "allowed_origins": tuple(allowed_origins),
            "warm_pages": tuple(warm_pages),
            "spare_imports": tuple(spare_imports),
            "lean_runs": lean_runs,
            **chosen,
        },
    )
    return ChildSpec(
        command=python_module("fluxlit_sidecar.streamlit_server"),
        env={**(env or {}), **settings.to_env()},
        folder=folder,
        probe_path=f"/{base}/_stcore/health" if base else "/_stcore/health",
        ready_when="reported",
        can_be_spare=True,
    )
