"""What a first visit moves over the wire, with the static files answered by the gateway: a real Streamlit, Chromium."""

from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from fluxlit_gateway.assets.compression import compress
from fluxlit_gateway.assets.inventory import find_assets
from fluxlit_gateway.assets.lean.front_end import LeanFrontEnd
from fluxlit_gateway.assets.streamlit_install import find_streamlit
from fluxlit_gateway.assets.variant_store import VariantStore

# Two Streamlits, three visits and the slowest compression, on a machine that may be busy.
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]

QUICK_START = """
import streamlit as st

st.title("Dashboard")
st.dataframe([{"name": "Ada"}])
if st.button("Refresh"):
    st.success("Refreshed")
"""


def visit(context: BrowserContext, url: str) -> dict[str, int]:
    """Bytes over the wire, headers included, by path; 0 for what came from the browser's cache."""
    page = context.new_page()
    network: Any = context.new_cdp_session(page)
    network.send("Network.enable")
    paths: dict[str, str] = {}
    sizes: dict[str, int] = {}

    def responded(event: Any) -> None:
        paths[event["requestId"]] = str(urlsplit(str(event["response"]["url"])).path)

    def finished(event: Any) -> None:
        sizes[event["requestId"]] = int(event["encodedDataLength"])

    network.on("Network.responseReceived", responded)
    network.on("Network.loadingFinished", finished)
    page.goto(url)
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()
    expect(page.get_by_test_id("stDataFrame").locator("canvas").first).to_be_visible()
    expect(page.get_by_role("button", name="Refresh")).to_be_visible()
    page.wait_for_load_state("networkidle")
    return {path: sizes.get(request, 0) for request, path in paths.items()}


def first_visit(browser: Browser, url: str) -> dict[str, int]:
    """The same, of a browser that has never been there."""
    context = browser.new_context()
    try:
        return visit(context, url)
    finally:
        context.close()


def prepare(cache: Path, paths: set[str]) -> None:
    """Build the best forms of these files alone, as the gateway's builder does for all within its first minute."""
    install = find_streamlit()
    assert install is not None
    store = VariantStore(cache, key=f"streamlit-{install.version}")
    lean = LeanFrontEnd(install.static, find_assets(install.static), store=store)
    lean.make(Event())
    for path, asset in lean.view.assets.items():
        if path in paths and asset.compressible:
            plain = asset.read()
            coded = compress(plain, "br", "best")
            assert coded is not None
            store.save(asset, "br", coded, plain=plain)


def test_a_first_view_moves_less_than_a_third_of_what_streamlit_sends(
    chromium: Browser, streamlit: Callable[..., str], tmp_path: Path
) -> None:
    native = first_visit(chromium, streamlit(QUICK_START))
    quick = first_visit(chromium, streamlit(QUICK_START, cache=str(tmp_path / "empty")))
    cache = tmp_path / "cache"
    prepare(cache, set(native))
    best = first_visit(chromium, streamlit(QUICK_START, cache=str(cache)))

    assert set(quick) == set(native)
    # Parts have a tilde in their names. Streamlit 1.57 loads no icon font for a page without icons.
    whole = {path for path in native if path.endswith(".woff2")}
    assert len(whole) in {1, 2}
    assert set(native) - set(best) == whole, "no whole font is loaded"
    assert len([path for path in best if "~" in path]) == len(whole), "a part of each is"
    sums = {"native": sum(native.values()), "quick": sum(quick.values()), "best": sum(best.values())}
    assert sums["best"] <= 900_000, sums
    assert sums["best"] < sums["quick"] < sums["native"] / 2.5, sums


def test_a_second_visit_loads_no_file_again(chromium: Browser, streamlit: Callable[..., str], tmp_path: Path) -> None:
    url = streamlit(QUICK_START, cache=str(tmp_path / "cache"))
    context = chromium.new_context()
    try:
        first = visit(context, url)
        second = visit(context, f"{url}/?again")
    finally:
        context.close()

    assert sum(size for path, size in first.items() if path.startswith("/static/")) > 0
    assert [path for path, size in second.items() if size and path.startswith("/static/")] == []
