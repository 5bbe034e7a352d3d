"""Lighter fonts show the same: a real Streamlit's own delivery beside the gateway's, in Chromium, by the pixel."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from threading import Event

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Browser, Page, expect

from fluxlit_gateway.assets.inventory import find_assets
from fluxlit_gateway.assets.lean.front_end import LeanFrontEnd
from fluxlit_gateway.assets.streamlit_install import find_streamlit
from fluxlit_gateway.assets.variant_store import VariantStore

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]

# Icons of Streamlit's own (the expander's, the sidebar's, those of a hidden toolbar) and of an app's; accents, marks
# that combine, scripts that the part of the font lacks, scripts that the font lacks; bold, large and monospaced text.
PAGE = """
import streamlit as st

st.title("Łódź, Đà Nẵng, naïve façade — “Tiếng Việt” 3 ≤ 4 → €")
st.button("Start", icon=":material/rocket_launch:")
st.markdown("**Bold** and *italic* :material/home: text, e\\u0301 and n\\u0308 with marks, `code`")
st.header("Заголовок Ελληνικά")
st.write("Съешь же ещё этих мягких французских булок да выпей чаю")
st.write("日本語 ✓ ⅓ 🔒")
st.dataframe([{"имя": "Ада", "name": "Ada"}])
with st.expander("More", icon=":material/deployed_code:"):
    st.write("inside")
with st.sidebar:
    st.checkbox("Side")
st.success("Done", icon=":material/check_circle:")
st.caption("The end.")
"""
# Chromium rounds the edge of a rounded corner in one way or the other; a letter that is another one differs by 200.
ROUNDING = 4
FONTS = """async () => {
  await document.fonts.ready;
  return [...document.fonts].filter((face) => face.status === "loaded").map((face) => face.family).sort();
}"""
WIDTHS = """() => [...document.querySelectorAll("[data-testid=stIconMaterial]")]
  .map((icon) => [icon.textContent, icon.getBoundingClientRect().width, icon.scrollWidth])"""


def prepare(cache: Path) -> None:
    install = find_streamlit()
    assert install is not None
    store = VariantStore(cache, key=f"streamlit-{install.version}")
    lean = LeanFrontEnd(install.static, find_assets(install.static), store=store)
    lean.make(Event())
    assert lean.view.page is not None


def look(browser: Browser, url: str) -> tuple[list[str], object, bytes]:
    context = browser.new_context(viewport={"width": 1000, "height": 1400}, reduced_motion="reduce")
    try:
        page = context.new_page()
        page.goto(url)
        expect(page.get_by_text("The end.")).to_be_visible()
        expect(page.get_by_test_id("stDataFrame").locator("canvas").first).to_be_visible()
        page.wait_for_load_state("networkidle")
        settled(page)
        fonts: list[str] = page.evaluate(FONTS)
        return fonts, page.evaluate(WIDTHS), settled(page)
    finally:
        context.close()


def settled(page: Page) -> bytes:
    """A picture that is the same twice: Streamlit fades its elements in."""
    earlier = b""
    for _ in range(50):
        page.evaluate("document.fonts.ready.then(() => new Promise(requestAnimationFrame))")
        picture = page.screenshot(animations="disabled", caret="hide")
        if picture == earlier:
            return picture
        earlier = picture
    raise AssertionError("the page does not come to rest")


def test_icons_and_text_of_every_script_look_as_streamlit_delivers_them(
    chromium: Browser, streamlit: Callable[..., str], tmp_path: Path
) -> None:
    prepare(tmp_path / "cache")

    fonts, widths, picture = look(chromium, streamlit(PAGE))
    lean_fonts, lean_widths, lean_picture = look(chromium, streamlit(PAGE, cache=str(tmp_path / "cache")))

    assert set(lean_fonts) == set(fonts)
    assert lean_fonts.count("Source Sans") == fonts.count("Source Sans") + 1, (
        "the part, and the whole for other scripts"
    )
    assert widths
    assert lean_widths == widths, "an icon that shows as its name is wider"
    for name, shown in (("plain", picture), ("lean", lean_picture)):
        (tmp_path / f"{name}.png").write_bytes(shown)
    assert largest_difference(lean_picture, picture) <= ROUNDING, f"see the pictures in {str(tmp_path)!r}"


def largest_difference(one: bytes, other: bytes) -> int:
    """Of a colour's part, from 0 to 255, over all pixels."""
    pictures = [Image.open(BytesIO(picture)).convert("RGB") for picture in (one, other)]
    assert pictures[0].size == pictures[1].size
    return max(ImageChops.difference(*pictures).tobytes())
