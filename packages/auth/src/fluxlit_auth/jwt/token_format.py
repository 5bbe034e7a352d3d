"""What a token must look like before any key or parser of a library sees it.

A bearer token is an attacker's input: it is measured, split and its header read here, so that all that follows works on
small, flat, well-typed data. Refused are tokens that are too long, not three parts, encrypted, deeply nested, with a
`crit` header (we understand no extension; RFC 7515 section 4.1.11), or of the wrong type.
"""

import binascii
import json
from base64 import urlsafe_b64decode
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, NoReturn, cast

from fluxlit_auth.errors import InvalidTokenError

__all__ = ("StrictJSONDecoder", "TokenHeader", "read_token_header", "read_unverified_claims")

# json.loads recurses once per level; claims of real issuers have three or four.
_NESTING: Final = 32

_QUOTE, _BACKSLASH = b'"\\'


@dataclass(frozen=True)
class TokenHeader:
    """What the choice of a key depends on; not verified yet."""

    alg: str
    kid: str | None


class StrictJSONDecoder(json.JSONDecoder):
    """JSON as RFC 8259 has it: without `NaN` and `Infinity`, which could not be sent on as JSON."""

    def __init__(self) -> None:
        super().__init__(parse_constant=_refuse_constant)


def read_token_header(token: str, *, max_bytes: int, types: Iterable[str]) -> TokenHeader:
    """Check the form of a token and read what its header says.

    Raises:
        InvalidTokenError: The token cannot be one of ours, whatever its signature.
    """
    if len(token) > max_bytes:
        raise InvalidTokenError(f"the token has {len(token)} bytes, more than {max_bytes}")
    parts = token.split(".")
    if len(parts) != 3 or not all(parts):  # noqa: PLR2004  # header, payload, signature (RFC 7515 section 3.1)
        raise InvalidTokenError(f"the token has {len(parts)} parts or an empty one; a signed token has three")
    header = _object(parts[0], "header")
    _refuse_deep_nesting(_decoded(parts[1], "payload"))
    if "crit" in header or "b64" in header:
        raise InvalidTokenError("the token asks for an extension that is not supported")
    _check_type(header.get("typ"), types)
    return TokenHeader(alg=_text(header, "alg"), kid=_text(header, "kid") if "kid" in header else None)


def read_unverified_claims(token: str, *, max_bytes: int) -> dict[str, Any]:
    """What a token says, whoever wrote it: for tokens that are believed for another reason than their signature.

    Raises:
        InvalidTokenError: It says nothing that can be read.
    """
    parts = token.split(".")
    if len(token) > max_bytes or len(parts) != 3:  # noqa: PLR2004  # header, payload, signature
        raise InvalidTokenError(f"the token has {len(token)} bytes and {len(parts)} parts")
    return _object(parts[1], "payload")


def _object(part: str, name: str) -> dict[str, Any]:
    raw = _decoded(part, name)
    _refuse_deep_nesting(raw)
    try:
        value: object = json.loads(raw, cls=StrictJSONDecoder)
    except ValueError as error:
        raise InvalidTokenError(f"the token's {name} is no JSON") from error
    if not isinstance(value, dict):
        raise InvalidTokenError(f"the token's {name} is no JSON object")
    return cast("dict[str, Any]", value)


def _decoded(part: str, name: str) -> bytes:
    try:
        return urlsafe_b64decode(part.encode("ascii") + b"=" * (-len(part) % 4))
    except (binascii.Error, ValueError) as error:
        raise InvalidTokenError(f"the token's {name} is not base64url") from error


def _refuse_deep_nesting(raw: bytes) -> None:
    # As many levels as brackets that open would be the worst case; only then is it worth counting.
    if raw.count(b"[") + raw.count(b"{") > _NESTING and _depth(raw) > _NESTING:
        raise InvalidTokenError(f"the token is nested more than {_NESTING} levels deep")


def _depth(raw: bytes) -> int:
    """The deepest nesting of brackets outside strings."""
    depth = deepest = 0
    in_string = escaped = False
    for byte in raw:
        if in_string:
            in_string = escaped or byte != _QUOTE
            escaped = not escaped and byte == _BACKSLASH
        elif byte == _QUOTE:
            in_string = True
        elif byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    return deepest


def _check_type(typ: object, types: Iterable[str]) -> None:
    if typ is None:
        return
    # RFC 7515 section 4.1.9: a media type whose "application/" may be left out; compared without case.
    if not isinstance(typ, str) or typ.lower().removeprefix("application/") not in {each.lower() for each in types}:
        raise InvalidTokenError(f"the token is of type {typ!r}, which is not accepted here")


def _text(header: dict[str, Any], name: str) -> str:
    value = header.get(name)
    if not isinstance(value, str):
        raise InvalidTokenError(f"the token's header {name!r} is {value!r}, no text")
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
