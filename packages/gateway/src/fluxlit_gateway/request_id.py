"""The id of a request, the same in every log, header and process it passes."""

import re
import uuid

__all__ = ("resolve_request_id",)

# Wide enough for UUIDs, ULIDs and trace ids; narrow enough to be harmless in a log line, a header and a shell.
_WELL_FORMED = re.compile(rb"[A-Za-z0-9._~+/=:@-]{1,128}")


def resolve_request_id(sent: bytes | None) -> str:
    """Return the client's id when it is well-formed, else a new UUID."""
    if sent is not None and _WELL_FORMED.fullmatch(sent):
        return sent.decode("ascii")
    return str(uuid.uuid4())
