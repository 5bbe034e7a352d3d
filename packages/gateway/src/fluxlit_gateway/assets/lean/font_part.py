"""A program that cuts a font: ``python font_part.py FONT U+0-24F,U+1E00-1EFF`` writes the part to its output.

It is run as a process of its own, with the priority of the thread that starts it: fontTools takes some seconds of pure
Python and some tens of megabytes, which a gateway would not get back. Nothing of this package is imported.

The output is a line of JSON, ``{"rest": "U+370-3FF,..."}`` with the characters that the part lacks and the font has,
and then the part as WOFF2. All that a style may ask for (features, axes, hints, names) is kept, and all measures.
"""

import json
import sys
from io import BytesIO
from typing import Any

from fontTools import subset

__all__ = ("cut",)

# Characters without a glyph between two that have one, for which a range is not ended.
_LARGEST_GAP = 64
# Most of the module has no type information.
_SUBSET: Any = subset


def cut(font: str, wanted: str) -> tuple[bytes, str]:
    """The part of a font with these characters, and the ranges of all others that it has.

    Args:
        font: A file.
        wanted: Ranges as CSS has them, without ``?``.
    """
    options = _SUBSET.Options()
    options.flavor = "woff2"
    options.layout_features = ["*"]
    options.name_IDs = options.name_languages = ["*"]
    options.notdef_outline = options.legacy_cmap = True
    # The same input must give the same bytes, whichever process makes them.
    options.recalc_timestamp = False
    loaded = _SUBSET.load_font(font, options)
    characters = _parse(wanted)
    rest = set(loaded.getBestCmap()) - characters
    subsetter = _SUBSET.Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(loaded)
    content = BytesIO()
    _SUBSET.save_font(loaded, content, options)
    return content.getvalue(), _ranges(rest, characters)


def _parse(ranges: str) -> set[int]:
    characters: set[int] = set()
    for item in ranges.split(","):
        first, _, last = item.strip().removeprefix("U+").partition("-")
        characters.update(range(int(first, 16), int(last or first, 16) + 1))
    return characters


def _ranges(rest: set[int], others: set[int]) -> str:
    runs: list[tuple[int, int]] = []
    for character in sorted(rest):
        start, end = runs[-1] if runs else (0, -_LARGEST_GAP - 1)
        if character - end <= _LARGEST_GAP and others.isdisjoint(range(end, character)):
            runs[-1] = start, character
        else:
            runs.append((character, character))
    return ",".join(f"U+{start:X}" if start == end else f"U+{start:X}-{end:X}" for start, end in runs)


def _main(font: str, wanted: str) -> None:
    content, rest = cut(font, wanted)
    sys.stdout.buffer.write(json.dumps({"rest": rest}).encode() + b"\n" + content)


if __name__ == "__main__":
    _main(sys.argv[1], sys.argv[2])
