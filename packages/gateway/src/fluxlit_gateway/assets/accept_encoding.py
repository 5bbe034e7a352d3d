"""Which content coding a request gets: `Accept-Encoding` with its weights (RFC 9110 section 12.5.3).

API sketch: ``choose_encoding(header_value_or_none, compressible=True)`` gives "br", "zstd", "gzip", "identity", or None
when the client has excluded them all, which is what 406 is for.
"""

from functools import lru_cache
from typing import Literal, get_args

__all__ = ("ENCODINGS", "Encoding", "choose_encoding")

Encoding = Literal["br", "zstd", "gzip", "identity"]

# Smallest first: what a client weighs the same is decided by this order.
ENCODINGS: tuple[Encoding, ...] = get_args(Encoding)

# Weight of "identity" when the client names it nowhere: acceptable, and worse than any coding that it does name.
_UNNAMED_IDENTITY = 0.0001
# Browsers send a handful of values; a longer one is not worth remembering.
_REMEMBERED_LENGTH = 100


def choose_encoding(accept_encoding: str | None, *, compressible: bool) -> Encoding | None:
    """The best coding that the client accepts.

    Args:
        accept_encoding: The field's value, several fields joined by commas; None where there is none, which accepts
            anything and gets the plain bytes, since whoever sends none rarely decodes.
        compressible: Whether coding makes the file smaller. If not, plain bytes are preferred to any coding.

    Returns:
        None when nothing that the client accepts can be made.
    """
    if accept_encoding is None:
        return "identity"
    if len(accept_encoding) > _REMEMBERED_LENGTH:
        return _choose(accept_encoding, compressible=compressible)
    return _choose_remembered(accept_encoding, compressible=compressible)


def _choose(accept_encoding: str, *, compressible: bool) -> Encoding | None:
    weights = _weights(accept_encoding)
    if not compressible and weights["identity"] > 0:
        return "identity"
    best = max(ENCODINGS, key=lambda encoding: (weights[encoding], -ENCODINGS.index(encoding)))
    return best if weights[best] > 0 else None


_choose_remembered = lru_cache(maxsize=256)(_choose)


def _weights(accept_encoding: str) -> dict[Encoding, float]:
    named: dict[str, float] = {}
    for item in accept_encoding.lower().split(","):
        coding, *parameters = (part.strip() for part in item.split(";"))
        if coding:
            named["gzip" if coding == "x-gzip" else coding] = _weight(parameters)
    unnamed = named.get("*", 0.0)
    weights: dict[Encoding, float] = {encoding: named.get(encoding, unnamed) for encoding in ENCODINGS}
    if "identity" not in named and "*" not in named:
        weights["identity"] = _UNNAMED_IDENTITY
    return weights


def _weight(parameters: list[str]) -> float:
    # A weight that is no weight (q=x, q=7, q=nan) takes the coding out: nothing says that the client can decode it.
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                weight = float(value)
            except ValueError:
                return 0.0
            return weight if 0.0 <= weight <= 1.0 else 0.0
    return 1.0
