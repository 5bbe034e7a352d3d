"""The part of a font that every page needs, from the cache folder or made by a process of its own."""

import json
import subprocess
import sys
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from threading import Event
from typing import NamedTuple

from fluxlit_gateway.assets.inventory import Asset
from fluxlit_gateway.assets.lean.errors import UnknownFrontEndError
from fluxlit_gateway.assets.variant_store import VariantStore

__all__ = ("ICONS", "TEXT", "Cut", "FontPart", "load_part", "make_part")

_PROGRAM = Path(__file__).with_name("font_part.py")
# In seconds: how long between two looks at whether to stop, and how long the program may take on a busy machine.
_LOOK = 0.2
_PATIENCE = 300


class Cut(NamedTuple):
    """How to cut a font.

    Attributes:
        form: Its name in the cache; another list of characters is another form.
        common: Characters of the part, as ``unicode-range`` has them.
        rest: Characters for which the whole is loaded; empty for all others that the font has.
        both: Characters of the part that count as others, too.
    """

    form: str
    common: str
    rest: str = ""
    both: str = ""


# All of Latin, with marks, punctuation, currencies, letterlike signs, arrows, mathematics and shapes: what a text in a
# Latin script is made of stays in one font, so that it is set, kerning included, as it is from the whole font. A mark
# must come from the font of the letter that it is on, so both have the marks.
TEXT = Cut(
    form="text-part1",
    common=(
        "U+0-24F,U+2B0-36F,U+1E00-1EFF,U+2000-206F,U+20A0-20CF,U+2100-214F,U+2190-22FF,U+2500-25FF,U+FB00-FB06,"
        "U+FEFF,U+FFFD"
    ),
    both="U+300-36F",
)
# Icons are ligatures of Latin letters, so that they cannot be told apart by their characters. The part is the space: a
# line is as high as the font of the space says (https://www.w3.org/TR/css-fonts-4/#first-available-font).
ICONS = Cut(form="icons-part1", common="U+20", rest="U+21-10FFFF")


class FontPart(NamedTuple):
    """The part.

    Attributes:
        content: WOFF2.
        ranges: Characters of the part, and those for which the whole font is needed.
    """

    content: bytes
    ranges: tuple[str, str]


def load_part(font: Asset, cut: Cut, store: VariantStore) -> FontPart | None:
    """The part that was made before; None when there is none.

    Raises:
        OSError: The font cannot be read.
        AssetChangedError: The font is no longer the one that was listed.
        UnknownFrontEndError: What is there is no part.
    """
    stored = store.load(font, cut.form, plain=font.read())
    return _unpack(stored, cut) if stored is not None else None


def make_part(font: Asset, cut: Cut, store: VariantStore | None, *, cancelled: Event) -> FontPart | None:
    """Make the part, which takes some seconds, and put it into the cache folder; None when cancelled.

    Raises:
        OSError: No process can be started, the cache folder cannot be written.
        AssetChangedError: The font is no longer the one that was listed.
        UnknownFrontEndError: fontTools is not installed, or does not understand the font.
    """
    if find_spec("fontTools") is None:
        raise UnknownFrontEndError("fontTools is not installed; install fluxlit-gateway[fonts]")
    packed = _run([sys.executable, "-P", str(_PROGRAM), str(font.file), cut.common], cancelled)
    if packed is None:
        return None
    part = _unpack(packed, cut)
    if store is not None:
        store.save(font, cut.form, packed, plain=font.read())
    return part


def _run(command: list[str], cancelled: Event) -> bytes | None:
    # S603: this interpreter, a program of this package, a file of the installed Streamlit.
    with subprocess.Popen(  # noqa: S603
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as program:
        for _ in range(round(_PATIENCE / _LOOK)):
            if cancelled.is_set():
                break
            with suppress(subprocess.TimeoutExpired):
                output, complaint = program.communicate(timeout=_LOOK)
                if program.returncode:
                    last_line = complaint.decode("utf-8", "replace").strip().rpartition("\n")[2]
                    raise UnknownFrontEndError(f"a font cannot be cut: {last_line}")
                return output
        program.kill()
    return None


def _unpack(packed: bytes, cut: Cut) -> FontPart:
    head, _, content = packed.partition(b"\n")
    try:
        rest: str = cut.rest or json.loads(head)["rest"]
    except (ValueError, LookupError, TypeError) as error:
        raise UnknownFrontEndError(f"the cut font has no head: {error}") from error
    if not content.startswith(b"wOF2") or not rest:
        raise UnknownFrontEndError("the cut font is no font, or lacks nothing")
    return FontPart(content, (cut.common, f"{rest},{cut.both}".rstrip(",")))
