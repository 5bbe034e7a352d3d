"""From the JSON Web Key Set that an issuer publishes (RFC 7517 section 5) to the keys that verify its tokens."""

from collections.abc import Iterable
from typing import Any, Final, cast

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, Key, OKPKey

from fluxlit_auth.jwt.token_format import TokenHeader

__all__ = ("fitting_keys", "usable_keys")

_KEY_TYPES: Final = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}
_CURVES: Final = {
    "ES256": {"P-256"},
    "ES384": {"P-384"},
    "ES512": {"P-521"},
    "EdDSA": {"Ed25519", "Ed448"},
    "Ed25519": {"Ed25519"},
}
# One algorithm with two names (RFC 9864 section 2.2).
_EDWARDS: Final = ("EdDSA", "Ed25519")


def usable_keys(document: object) -> tuple[Key, ...]:
    """The public keys of a key set that are meant for signatures.

    What cannot be used is skipped (RFC 7517 section 5): key types of the future, encryption keys, broken entries. So
    are symmetric keys: a published one is no secret, and would let anyone forge HMAC tokens.

    Raises:
        ValueError: The document is no key set.
    """
    keys = cast("dict[str, object]", document).get("keys") if isinstance(document, dict) else None
    if not isinstance(keys, list):
        raise ValueError("the document is no JSON Web Key Set: it has no list named 'keys'")  # noqa: TRY004  # a value from outside
    entries = (cast("dict[str, Any]", each) for each in cast("list[object]", keys) if isinstance(each, dict))
    imported = (_import(each) for each in entries if each.get("use", "sig") == "sig" and each.get("kty") != "oct")
    return tuple(key for key in imported if key is not None)


def fitting_keys(keys: Iterable[Key], header: TokenHeader) -> list[Key]:
    """Those keys that a token with this header could have been signed with.

    A token without `kid` could have been signed by any key of its family (RFC 7515 section 4.1.4 makes `kid` a hint).
    """
    return [key for key in keys if _fits(key, header.alg) and header.kid in {None, key.kid}]


def _import(entry: dict[str, Any]) -> Key | None:
    try:
        return JWKRegistry.import_key(entry)
    # What the libraries below say of a broken entry is not only joserfc's own errors.
    except (JoseError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return None


def _fits(key: Key, alg: str) -> bool:
    if key.key_type != _KEY_TYPES.get(alg[:2]):
        return False
    if isinstance(key, ECKey | OKPKey) and key.curve_name not in _CURVES.get(alg, ()):
        return False
    designed = key.get("alg")
    return designed is None or designed == alg or (designed in _EDWARDS and alg in _EDWARDS)
