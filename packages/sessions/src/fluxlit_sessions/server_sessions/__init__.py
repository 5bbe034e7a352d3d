"""Sessions that live on the server and are known by a secret token, which a cookie carries; no HTTP here.

A session begins with `Sessions.create`, is opened by its token at the start of each run, saved at its end if it
changed, gets another token whenever its user changes, and ends by idleness, age or revocation. Tokens are not stored,
only their hashes: whoever reads the store cannot take over a session.
"""

from __future__ import annotations

__all__: tuple[str, ...] = ()
