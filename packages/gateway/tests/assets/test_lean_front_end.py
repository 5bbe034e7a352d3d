"""Lighter fonts by the bytes: a small front end like Streamlit's, with fonts made for it."""

import logging
from io import BytesIO
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

from fluxlit_gateway.assets import StaticAssets
from fluxlit_gateway.assets.inventory import find_assets
from fluxlit_gateway.assets.lean.front_end import LeanFrontEnd
from fluxlit_gateway.assets.variant_store import VariantStore

TEXT, ICONS = "/static/media/Text.ttf.BsWL4Kly.woff2", "/static/media/Icons.nEdyypZU.woff2"
CSS = "/static/css/index.C1JORDN2.css"
FACES = (
    "@font-face{font-family:Source Sans;font-weight:100 900;src:url(../media/Text.ttf.BsWL4Kly.woff2)format('woff2')}"
    "@font-face{font-family:Material Symbols Rounded;src:url(../media/Icons.nEdyypZU.woff2)format('woff2')}"
    "body{margin:0}"
)
PAGE = f"""<link
  rel="preload" href=".{TEXT}" as="font" type="font/woff2" crossorigin />
<link rel="stylesheet" crossorigin href=".{CSS}">"""


def font(characters: str) -> bytes:
    builder: Any = FontBuilder(1000, isTTF=True)
    names = {ord(character): f"u{ord(character):04X}" for character in characters}
    glyph = TTGlyphPen(None).glyph()
    builder.setupGlyphOrder([".notdef", *names.values()])
    builder.setupCharacterMap(names)
    builder.setupGlyf(dict.fromkeys([".notdef", *names.values()], glyph))
    builder.setupHorizontalMetrics(dict.fromkeys([".notdef", *names.values()], (600, 0)))
    builder.setupHorizontalHeader(ascent=1100, descent=-70)
    builder.setupOS2(sTypoAscender=1100, sTypoDescender=-70)
    builder.setupNameTable({"familyName": "Test"})
    builder.setupPost()
    builder.font.flavor = "woff2"
    content = BytesIO()
    builder.save(content)
    return content.getvalue()


@pytest.fixture(scope="module")
def fonts() -> dict[str, bytes]:
    return {TEXT: font(" Aé\u0301ЖЩ"), ICONS: font(" abc_")}


@pytest.fixture
def front_end(tmp_path: Path, fonts: dict[str, bytes]) -> Path:
    root = tmp_path / "static"
    for name, content in {**fonts, CSS: FACES.encode(), "/index.html": PAGE.encode()}.items():
        file = root / name[1:]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return root


def made(root: Path, cache: Path | None = None) -> LeanFrontEnd:
    store = VariantStore(cache, key="test") if cache is not None else None
    lean = LeanFrontEnd(root, find_assets(root), store=store)
    lean.make(Event())
    return lean


def characters(content: bytes) -> set[str]:
    opened: Any = TTFont(BytesIO(content))
    return {chr(code) for code in opened.getBestCmap()}


def test_the_part_has_latin_and_keeps_the_measures_and_the_rest_names_the_others(
    front_end: Path, fonts: dict[str, bytes]
) -> None:
    lean = made(front_end)
    parts = {asset.path: asset.read() for asset in lean.derived() if asset.path.endswith(".woff2")}

    text = next(content for path, content in parts.items() if "Text" in path)
    icons: Any = TTFont(BytesIO(next(content for path, content in parts.items() if "Icons" in path)))
    whole: Any = TTFont(BytesIO(fonts[ICONS]))
    assert characters(text) == {" ", "A", "é", "\u0301"}
    assert [chr(code) for code in icons.getBestCmap()] == [" "]
    assert (icons["hhea"].ascent, icons["hhea"].descent) == (whole["hhea"].ascent, whole["hhea"].descent)
    css = lean.view.assets[CSS].read().decode()
    assert "unicode-range:U+416-429,U+300-36F}" in css, "a mark on a letter of the rest comes with the letter"
    assert "unicode-range:U+21-10FFFF}" in css, "a space alone loads no icons"
    assert css.endswith("body{margin:0}")


def test_a_part_falls_back_to_the_whole_font(front_end: Path) -> None:
    css = made(front_end).view.assets[CSS].read().decode()

    assert css.count("Text.ttf.~") == css.count("Icons.~") == 1
    for name in ("Text.ttf.BsWL4Kly", "Icons.nEdyypZU"):
        assert f",url(../media/{name}.woff2)format('woff2');unicode-range:" in css


def test_names_are_as_long_as_the_originals_and_say_what_is_inside(front_end: Path, tmp_path: Path) -> None:
    first, second = made(front_end), made(front_end, tmp_path / "cache")

    assert first.view.page is not None
    assert first.view.page == second.view.page, "every process makes the same bytes"
    for plain, name in first.view.page.names:
        assert len(plain) == len(name)


def test_the_next_process_takes_the_parts_from_the_cache_folder(front_end: Path, tmp_path: Path) -> None:
    made(front_end, tmp_path / "cache")

    store = VariantStore(tmp_path / "cache", key="test")
    assert LeanFrontEnd(front_end, find_assets(front_end), store=store).view.page is not None


def test_the_stylesheet_has_a_tag_of_its_own_and_no_date_that_would_fit_the_plain_one(front_end: Path) -> None:
    lean, plain = made(front_end).view.assets[CSS], find_assets(front_end)[CSS]

    assert lean.etag != plain.etag
    assert lean.last_modified is None
    assert lean.revision


def test_a_name_that_another_process_made_gets_the_whole_font_for_the_moment(front_end: Path) -> None:
    lean = LeanFrontEnd(front_end, find_assets(front_end), store=None)

    stand_in = lean.stand_in("/static/media/Text.ttf.~0123456.woff2")

    assert stand_in is not None
    assert stand_in.file.name == "Text.ttf.BsWL4Kly.woff2"
    assert not stand_in.lasting, "no cache may keep it under this name"
    assert lean.stand_in("/static/media/Other.~0123456.woff2") is None
    assert lean.stand_in("/static/media/Text.ttf.0123456~.woff2") is None


def test_a_cancelled_builder_leaves_all_plain(front_end: Path) -> None:
    lean = LeanFrontEnd(front_end, find_assets(front_end), store=None)
    cancelled = Event()
    cancelled.set()

    lean.make(cancelled)

    assert lean.view.page is None
    assert lean.derived() == []


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("static/css/index.C1JORDN2.css", b"body{}", "no stylesheet"),
        ("static/css/index.C1JORDN2.css", FACES.encode() * 2, "2 faces"),
        ("static/css/index.C1JORDN2.css", FACES.replace("src:", "unicode-range:U+41;src:").encode(), "0 faces"),
        ("index.html", b"<p>", "no stylesheet"),
        ("static/media/Text.ttf.BsWL4Kly.woff2", b"no font", "cannot be cut"),
    ],
)
def test_a_front_end_that_is_not_known_is_served_as_it_is_and_debug_says_why(
    front_end: Path, caplog: pytest.LogCaptureFixture, *, file: str, content: bytes, said: str
) -> None:
    caplog.set_level(logging.DEBUG, "fluxlit_gateway")
    (front_end / file).write_bytes(content)
    assets = StaticAssets(front_end, key="test", cache_dir=None, lean=True)

    assets.build()

    plain = find_assets(front_end)[CSS]
    assert assets.match(CSS) == plain
    assert said in caplog.text


def test_it_can_be_turned_off(front_end: Path) -> None:
    assets = StaticAssets(front_end, key="test", cache_dir=None)

    assets.build()

    assert assets.match(CSS) == find_assets(front_end)[CSS]
    assert assets.match("/static/media/Text.ttf.~0123456.woff2") is None
