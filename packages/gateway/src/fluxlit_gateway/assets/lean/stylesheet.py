"""The font faces of Streamlit's stylesheet, so that a browser loads a font when it shows something in it.

A browser loads a face when it lays out a character that is in the face's ``unicode-range``
(https://www.w3.org/TR/css-fonts-4/#unicode-range-desc). Streamlit's script loads its icons for every page by asking for
a single space in their font (``document.fonts.load`` without a text, in ``preloadIconFont``); no icon has one.
"""

import re
from collections.abc import Iterable
from posixpath import basename

from fluxlit_gateway.assets.lean.errors import UnknownFrontEndError

__all__ = ("icon_fonts", "with_split_face")

_FACE = re.compile(r"@font-face\{[^{}]*\}")
_ICONS = "font-family:Material Symbols Rounded;"


def icon_fonts(css: str, fonts: Iterable[str]) -> list[str]:
    """Those of these fonts that the stylesheet takes icons from.

    Args:
        css: The stylesheet.
        fonts: Paths.
    """
    faces = [face for face in _FACE.findall(css) if _ICONS in face]
    return [font for font in fonts if any(f"/{basename(font)})" in face for face in faces)]


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
    source = re.compile(rf"url\([^()]*/{re.escape(name)}\)(?:format\([^()]*\))?")
    faces = [face for face in _FACE.findall(css) if source.search(face) and "unicode-range" not in face]
    if len(faces) != 1:
        raise UnknownFrontEndError(f"the stylesheet has {len(faces)} faces of {name!r} instead of one")
    face = faces[0]
    # A part that cannot be had leaves the whole.
    with_part = source.sub(lambda whole: f"{whole[0].replace(name, basename(part))},{whole[0]}", face)
    # Of faces that have the same character the later one counts.
    return css.replace(face, _with_range(face, ranges[1]) + _with_range(with_part, ranges[0]))


def _with_range(face: str, characters: str) -> str:
    return f"{face.removesuffix('}')};unicode-range:{characters}}}"
