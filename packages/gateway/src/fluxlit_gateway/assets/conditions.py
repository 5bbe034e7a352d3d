"""Conditional requests and byte ranges, as pure functions (RFC 9110 sections 13 and 14)."""

import re
from email.utils import parsedate_to_datetime
from typing import NamedTuple

__all__ = ("ByteRange", "is_not_modified", "parse_range", "range_still_applies")

# One range, in ASCII digits. Several are answered with the whole file, which section 14.2 leaves to the server.
_RANGE = re.compile(r"bytes[ \t]*=[ \t,]*([0-9]*)-([0-9]*)[ \t,]*\Z", re.IGNORECASE)
_LONGEST_POSITION = 18


class ByteRange(NamedTuple):
    """The bytes asked for.

    Attributes:
        first: Position of the first one.
        last: Position of the last one, inclusive.
    """

    first: int
    last: int

    @property
    def satisfiable(self) -> bool:
        """Whether there is a byte to send; if not, the answer is 416."""
        return self.first <= self.last


def parse_range(value: str, size: int) -> ByteRange | None:
    """The range that a `Range` field asks of a file of `size` bytes; None when the field is to be ignored."""
    match = _RANGE.match(value.strip())
    if match is None or max(map(len, match.groups())) > _LONGEST_POSITION:
        return None
    first, last = match.groups()
    if not first:
        if not last:
            return None
        # A suffix: the last n bytes. Of none, or of an empty file, there is nothing to send.
        return ByteRange(max(size - int(last), 0), size - 1) if int(last) else ByteRange(size, size - 1)
    if last and int(last) < int(first):
        return None
    return ByteRange(int(first), min(int(last), size - 1) if last else size - 1)


def range_still_applies(if_range: str | None, *, etag: str, last_modified: str | None) -> bool:
    """Whether a client's partial copy is of the file as it is now (`If-Range`: exact match, strong tags only)."""
    return if_range is None or if_range.strip() in {etag, last_modified}


def is_not_modified(
    *, if_none_match: str | None, if_modified_since: str | None, etag: str, modified: float | None
) -> bool:
    """Whether 304 answers the request.

    Args:
        if_none_match: The field's value; where present, `If-Modified-Since` is not looked at.
        if_modified_since: The field's value; what is no date is ignored.
        etag: Of the representation that would be sent, quoted.
        modified: Seconds since the epoch; None for what has no date.
    """
    if if_none_match is not None:
        tags = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
        return etag in tags or if_none_match.strip() == "*"
    if if_modified_since is None or modified is None:
        return False
    try:
        since = parsedate_to_datetime(if_modified_since).timestamp()
    except (ValueError, OverflowError):
        return False
    # An HTTP date has whole seconds.
    return int(modified) <= since
