"""The function: any value that is about to be shown, without the secrets in it."""

import json
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import cast

from fluxlit_gateway.redaction.names import is_sensitive
from fluxlit_gateway.redaction.texts import REDACTED, redact_text

__all__ = ("redact",)

# Deeper than this nobody reads; a structure that contains itself ends here too.
_DEEPEST = 20
_PAIR_LENGTH = 2


def redact(value: object, *, name: str = "") -> object:
    """Return a copy of a value that may be logged, counted, traced or shown: made of what JSON knows, without secrets.

    Mappings and pairs are judged by their names, however deep they are; text, also as bytes or within JSON, by what it
    says (see ``redact_text``). Numbers stay. Anything else becomes its ``repr``, judged as text.

    Args:
        value: Anything.
        name: What the value is called, when it has a name: a field, a header, a setting.
    """
    return _redact(value, name, _DEEPEST)


def _redact(value: object, name: str, depth: int) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if name and is_sensitive(name):
        return _masked(value)
    if isinstance(value, str | bytes | bytearray):
        return _of_text(value if isinstance(value, str) else bytes(value).decode("utf-8", "replace"), depth)
    return _of_container(value, depth) if depth else "..."


def _of_container(value: object, depth: int) -> object:
    if isinstance(value, Mapping):
        items = cast("Mapping[object, object]", value).items()
        return {redact_text(_text(key)): _redact(item, _text(key), depth - 1) for key, item in items}
    if isinstance(value, Sequence | AbstractSet):
        return [_of_item(item, depth - 1) for item in cast("Sequence[object]", value)]
    return redact_text(repr(value))


def _masked(value: object) -> object:
    # An empty setting is worth knowing, and no secret.
    if isinstance(value, str | bytes) and not value.strip():
        return ""
    return REDACTED if value else value


def _of_item(item: object, depth: int) -> object:
    """One item of a sequence; a pair is a name and its value, as in ASGI's headers."""
    if isinstance(item, tuple | list):
        pair = cast("Sequence[object]", item)
        if len(pair) == _PAIR_LENGTH and isinstance(pair[0], str | bytes):
            key = _text(pair[0])
            return [redact_text(key), _redact(pair[1], key, depth)]
        return _redact(pair, "", depth)
    return _redact(item, "", depth)


def _of_text(text: str, depth: int) -> str:
    if depth and text[:1] in {"{", "["}:
        try:
            parsed: object = json.loads(text)
        except (ValueError, RecursionError):
            return redact_text(text)
        return json.dumps(_redact(parsed, "", depth - 1), ensure_ascii=False)
    return redact_text(text)


def _text(key: object) -> str:
    return key.decode("utf-8", "replace") if isinstance(key, bytes) else str(key)
