"""Secrets in the middle of text: ``key=value`` pairs, headers, addresses with a password, bearer tokens, JSON."""

import re

from fluxlit_gateway.redaction.names import SENSITIVE_WORDS, decoded, is_sensitive, is_sensitive_query_key

__all__ = ("REDACTED", "redact_text")

REDACTED = "<redacted>"
"""What stands in the place of a secret."""

# A look that costs little and finds that most lines need no more: none of the words, no encoding that may hide one.
_MAY_HOLD = re.compile(
    "|".join([*(r"[\W_]*".join(word) for word in SENSITIVE_WORDS), r"bearer|basic|eyJ|://|%[0-9a-f]{2}|\\u|[?&]"]),
    re.IGNORECASE,
)
_URL_PASSWORD = re.compile(r"(?<=://)(?P<user>[^\s/:@]*):(?P<secret>[^\s/@]+)@")
# "Basic" is also a word; credentials in base64 have more than small letters.
_SCHEME = re.compile(
    r"\b(?:(?P<bearer>bearer(?:\s+|\++))[\w.~+/=%:-]{3,}"
    r"|(?P<other>(?:basic|digest|negotiate)(?:\s+|\++))(?-i:(?=[\w+/=]*[A-Z0-9=])[\w+/=%]{4,}))",
    re.IGNORECASE,
)
_JWT = re.compile(r"\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*")
# A header to its end: cookies and credentials hold separators of their own, and quotes after an equals sign (RFC 6265,
# section 4.1.1). What is quoted or in brackets as a whole is a pair.
_HEADER = re.compile(
    r"(?P<name>(?:set-|proxy-)?(?:cookie|authorization))(?P<sep>[\"']?\s*[=:]\s*+)(?!b?\\*[\"']|[(\[{])"
    r"(?:[^\r\n\"']|(?<==)\"[^\"\r\n]*\")+",
    re.IGNORECASE,
)
# Decoded before it is judged: an address in a query may be encoded as often as it was passed on.
_ENCODED = re.compile(r"[^\s\"'<>]*%[0-9a-fA-F]{2}[^\s\"'<>]*")
# An escaped quote is part of a value that is quoted itself.
_PAIR = re.compile(
    r"(?P<before>[?&])?"
    r"(?P<name>(?:[\w.\[\]%-]|\\u[0-9a-f]{4}){2,100}?)"
    # What follows a quoted name and a comma is the other half of a pair, as in a list of headers that was printed.
    r"(?P<sep>\\*[\"']?\s*[=:]\s*|\\*[\"']\s*,\s*)"
    r"(?P<value>[(\[{]|b?\\*\"(?:[^\"\\]|\\.)*\"?|b?\\*'(?:[^'\\]|\\.)*'?|[^\s&;,\"'<>(){}\[\]]+)",
    re.IGNORECASE,
)
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_UNICODE_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")


def redact_text(text: str) -> str:
    """Return text with the secrets in it replaced; what surrounds them stays.

    Args:
        text: A log message, a traceback, an address, the text of a value.
    """
    if not _MAY_HOLD.search(text):
        return text
    text = _ENCODED.sub(_replace_encoded, text)
    text = _URL_PASSWORD.sub(rf"\g<user>:{REDACTED}@", text)
    text = _HEADER.sub(_replace_header, text)
    text = _SCHEME.sub(lambda match: (match["bearer"] or match["other"]) + REDACTED, text)
    text = _JWT.sub(REDACTED, text)
    return _replace_pairs(text)


def _replace_encoded(match: re.Match[str]) -> str:
    plain = decoded(match[0])
    shown = redact_text(plain) if plain != match[0] else plain
    return match[0] if shown == plain else shown


def _replace_header(match: re.Match[str]) -> str:
    return f"{match['name']}{match['sep']}{REDACTED}"


def _replace_pairs(text: str) -> str:
    parts: list[str] = []
    done = at = 0
    while (match := _PAIR.search(text, at)) is not None:
        name = _UNICODE_ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), match["name"])
        if is_sensitive(name) or (match["before"] and is_sensitive_query_key(name)):
            parts += [text[done : match.start("value")], REDACTED]
            done = at = _end_of_value(text, match)
        else:
            # The value may hold a pair of its own: `next=/callback?token=...`.
            at = match.start("value")
    return "".join([*parts, text[done:]])


def _end_of_value(text: str, match: re.Match[str]) -> int:
    """Where the value ends; a list or a mapping ends with the bracket that closes it."""
    if match["value"] not in _CLOSING:
        return match.end()
    open_brackets = 0
    for place in range(match.start("value"), len(text)):
        open_brackets += text[place] in _CLOSING
        open_brackets -= text[place] in _CLOSING.values()
        if not open_brackets:
            return place + 1
    return len(text)
