"""The part of a font that every page shows, from the cache folder or made by a process of its own."""

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

__all__ = ("COMMON_CHARACTERS", "FontPart", "load_part", "make_part")

_PROGRAM = Path(__file__).with_name("font_part.py")
_MARKS = "U+300-36F"
# All of Latin, with marks, punctuation, currencies, letterlike signs, arrows, mathematics and shapes: what a text in a
# Latin script is made of stays in one font, so that it is set, kerning included, as it is from the whole font.
COMMON_CHARACTERS = (
    "U+0-24F,U+2B0-36F,U+1E00-1EFF,U+2000-206F,U+20A0-20CF,U+2100-214F,U+2190-22FF,U+2500-25FF,U+FB00-FB06,"
    "U+FEFF,U+FFFD"
)
# Another list of characters is another form in the cache.
_FORM = "part1"
# In seconds: how long between two looks at whether to stop, and how long the program may take on a busy machine.
_LOOK = 0.2
_PATIENCE = 300


class FontPart(NamedTuple):
    """The part.

    Attributes:
        content: WOFF2.
        rest: Characters for which the whole font is needed, as CSS ranges. Marks are among them although the part has
            them, too: they must come from the font of the letter that they are on.
    """

    content: bytes
    rest: str


def load_part(font: Asset, store: VariantStore) -> FontPart | None:
    """The part that was made before; None when there is none.

    Raises:
        OSError: The font cannot be read.
        AssetChangedError: The font is no longer the one that was listed.
    """
    stored = store.load(font, _FORM, plain=font.read())
    return _unpack(stored) if stored is not None else None


def make_part(font: Asset, store: VariantStore | None, *, cancelled: Event) -> FontPart | None:
    """Make the part, which takes some seconds, and put it into the cache folder; None when cancelled.

    Raises:
        OSError: No process can be started, the cache folder cannot be written.
        UnknownFrontEndError: fontTools is not installed, or does not understand the font.
    """
    if find_spec("fontTools") is None:
        raise UnknownFrontEndError("fontTools is not installed; install fluxlit-gateway[fonts]")
    packed = _run([sys.executable, "-P", str(_PROGRAM), str(font.file), COMMON_CHARACTERS], cancelled)
    if packed is None:
        return None
    part = _unpack(packed)
    if store is not None:
        store.save(font, _FORM, packed, plain=font.read())
    return part


def _run(command: list[str], cancelled: Event) -> bytes | None:
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL) as program:
        for _ in range(round(_PATIENCE / _LOOK)):
            if cancelled.is_set():
                break
            with suppress(subprocess.TimeoutExpired):
                output, complaint = program.communicate(timeout=_LOOK)
                if program.returncode:
                    last_line = complaint.decode("utf-8", "replace").strip().rpartition("\n")[2]
                    raise UnknownFrontEndError(f"the font cannot be cut: {last_line}")
                return output
        program.kill()
    return None


def _unpack(packed: bytes) -> FontPart:
    head, separator, content = packed.partition(b"\n")
    try:
        rest = json.loads(head)["rest"]
    except (ValueError, LookupError, TypeError) as error:
        raise UnknownFrontEndError(f"the cut font has no head: {error}") from error
    if not separator or not content.startswith(b"wOF2") or not rest:
        raise UnknownFrontEndError("the cut font is none, or lacks nothing")
    return FontPart(content, f"{rest},{_MARKS}")
