"""The font faces of Streamlit's stylesheet, so that a browser loads a font when it shows something in it.

A browser loads a face when it lays out a character that is in the face's ``unicode-range``
(https://www.w3.org/TR/css-fonts-4/#unicode-range-desc). Icons are ligatures of Latin letters, so their face cannot be
cut by characters; but Streamlit's script loads it for every page by asking for a single space
(``document.fonts.load`` without a text, in ``preloadIconFont``), which no icon has in its name.
"""

import re
from posixpath import basename

from fluxlit_gateway.assets.lean.errors import UnknownFrontEndError

__all__ = ("with_icons_on_demand", "with_split_face")

_FACE = re.compile(r"@font-face\{[^{}]*\}")
_ICONS = "font-family:Material Symbols Rounded;"
_ALL_BUT_SPACE = "U+21-10FFFF"


def with_icons_on_demand(css: str) -> str:
    """The stylesheet with an icon font that is loaded once an icon is laid out.

    Raises:
        UnknownFrontEndError: There is not exactly one face of icons, or it has a range.
    """
    face = _only_face(css, _ICONS)
    return css.replace(face, _with_range(face, _ALL_BUT_SPACE))


def with_split_face(css: str, font: str, part: str, *, ranges: tuple[str, str]) -> str:
    """The stylesheet with two faces in place of one: a part of the font, and the whole for what the part lacks.

    Args:
        css: The stylesheet.
        font: Path of the whole font.
        part: Path of the part.
        ranges: Characters of the part and those for which the whole is loaded, as ``unicode-range`` has them.

    Raises:
        UnknownFrontEndError: There is not exactly one face of this font, or it has a range.
    """
    name = basename(font)
    face = _only_face(css, f"{name})")
    whole = _with_range(face, ranges[1])
    # Of faces that have the same character the later one counts. A part that cannot be had leaves the whole.
    source = re.search(rf"url\([^()]*{re.escape(name)}\)(?:format\([^()]*\))?", face)
    if source is None:
        raise UnknownFrontEndError(f"the source of {name!r} is not written as expected")
    both = f"{source[0].replace(name, basename(part))},{source[0]}"
    return css.replace(face, whole + _with_range(face.replace(source[0], both), ranges[0]))


def _only_face(css: str, words: str) -> str:
    faces = [face for face in _FACE.findall(css) if words in face and "unicode-range" not in face]
    if len(faces) != 1:
        raise UnknownFrontEndError(f"the stylesheet has {len(faces)} faces of {words!r} instead of one")
    return faces[0]


def _with_range(face: str, characters: str) -> str:
    return f"{face.removesuffix('}')};unicode-range:{characters}}}"
