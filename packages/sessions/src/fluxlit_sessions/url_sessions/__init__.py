"""Sessions whose id is in the address bar, as documented for `fluxlit.url_session`.

An id is only used if the server issued it, that is, if the store knows it. What is stored is JSON: secrets and values
that are neither JSON nor pydantic models are left out, and each is named in the log of `fluxlit.url_session`.

Whoever has the address has the session, unless it is bound to a browser (`browser=`).
"""

from __future__ import annotations

__all__: tuple[str, ...] = ()
