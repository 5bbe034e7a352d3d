"""The API as pages of the native runtime reach it: called within the process, without a socket."""

from __future__ import annotations

from fluxlit.native_api.server import NativeApi

__all__ = ("NativeApi",)
