"""Sessions of browsers: the signed cookie, and the ASGI layer that issues it and hands the session on to pages.

The layer is plain ASGI and needs no framework; `fluxlit` puts it into its gateway.
"""

from __future__ import annotations

__all__: tuple[str, ...] = ()
