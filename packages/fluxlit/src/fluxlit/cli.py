"""The documented module path of the `fluxlit` command; the code is `fluxlit_cli`'s."""

from fluxlit_cli.main import main

__all__ = ("main",)
