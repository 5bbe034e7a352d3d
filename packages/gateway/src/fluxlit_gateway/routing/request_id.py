"""The id of a request, the same in every log, header and process it passes."""

import re
from random import getrandbits
from uuid import UUID

__all__ = ("resolve_request_id",)

# Wide enough for UUIDs, ULIDs and trace ids; narrow enough to be harmless in a log line, a header and a shell.
_WELL_FORMED = re.compile(rb"[A-Za-z0-9._~+/=:@-]{1,128}")

_VERSION_AND_VARIANT = 0x4000_8000_0000_0000_0000
_RANDOM = ~0xF000_C000_0000_0000_0000


def resolve_request_id(sent: bytes | None) -> str:
    """Return the client's id when it is well-formed, else a new UUID of version 4."""
    if sent is not None and _WELL_FORMED.fullmatch(sent):
        return sent.decode("ascii")
    # An id has to be unique, not secret, so it need not cost a system call as uuid.uuid4 does.
    return str(UUID(int=getrandbits(128) & _RANDOM | _VERSION_AND_VARIANT))
