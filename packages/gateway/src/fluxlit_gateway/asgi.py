"""Names for the shapes of an ASGI application, so that this package needs no framework to type them.

The ASGI specification (https://asgi.readthedocs.io/en/latest/specs/main.html) describes scopes and messages as plain
dictionaries; they stay plain here.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

__all__ = ("ASGIApp", "HeaderPairs", "Message", "Receive", "Scope", "Send")

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]

HeaderPairs = list[tuple[bytes, bytes]]
