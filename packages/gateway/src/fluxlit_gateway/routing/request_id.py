"""The id of a request, the same in every log, header and process it passes."""

import os
import re
from itertools import count
from random import SystemRandom
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ("REQUEST_IDS", "RequestIds", "resolve_request_id")

# Wide enough for UUIDs, ULIDs and trace ids; narrow enough to be harmless in a log line, a header and a shell.
_WELL_FORMED = re.compile(rb"[A-Za-z0-9._~+/=:@-]{1,128}")


class RequestIds:
    """Ids that no other request has: UUIDs of version 4 in form, of 74 random bits per process, then a count.

    An id has to be unique, not secret. A count costs a tenth of ``uuid.uuid4``, which asks the kernel each time.

    Attributes:
        texts: An iterator without end. It runs no Python code, so that threads may share it.
    """

    def __init__(self) -> None:
        self.texts: Iterator[str] = iter(())
        self.renew()

    def renew(self) -> None:
        """Begin a series of its own; a forked child must not go on with its parent's."""
        bits = SystemRandom().getrandbits
        head = f"{bits(48):012x}4{bits(12):03x}{8 | bits(2):x}{bits(12):03x}"
        form = f"{head[:8]}-{head[8:12]}-{head[12:16]}-{head[16:20]}-%012x"
        self.texts = map(form.__mod__, count(bits(40)))


REQUEST_IDS = RequestIds()
if hasattr(os, "register_at_fork"):  # not on Windows, which does not fork
    os.register_at_fork(after_in_child=REQUEST_IDS.renew)


def resolve_request_id(sent: bytes | None) -> bytes:
    """Return the client's id when it is well-formed, else a new one."""
    if sent is not None and _WELL_FORMED.fullmatch(sent):
        return sent
    return next(REQUEST_IDS.texts).encode("ascii")
