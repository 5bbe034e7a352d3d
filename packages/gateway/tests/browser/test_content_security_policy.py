"""Streamlit works under the default policy: a real Streamlit, a real browser, no violation."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from fluxlit_gateway.content_security_policy import STREAMLIT_CONTENT_SECURITY_POLICY, STREAMLIT_DIRECTIVES, as_policy

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SCRIPT = """
import pandas as pd
import streamlit as st

st.title("Quick start")
st.dataframe(pd.DataFrame({"city": ["Oslo", "Rome"], "people": [1, 2]}))
st.line_chart(pd.DataFrame({"one": [1, 3, 2], "two": [2, 1, 3]}))
if st.button("Press"):
    st.write("It was pressed.")
st.code("print(1)")
st.markdown("$x^2$ :material/home:")
st.graphviz_chart("digraph { drawn -> by_wasm }")
st.iframe("<p id='p'>blocked</p><script>document.getElementById('p').textContent = 'frame script ran'</script>")
st.html("<p id='h'>blocked</p><script>document.getElementById('h').textContent = 'page script ran'</script>",
        unsafe_allow_javascript=True)
st.components.v2.component("greeting", html="<p></p>",
    js="export default ({parentElement}) => { parentElement.querySelector('p').textContent = 'component ran' }")()
st.caption("The end.")
"""

NOTE_VIOLATIONS = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.violations.push(`${event.effectiveDirective}: ${event.blockedURI} ${event.sample}`);
  document.documentElement.dataset.violations = window.violations.join("\\n");
});
"""


@pytest.fixture
def watched(page: Page) -> Page:
    """A page that notes violations of its policy and reaches nothing but loopback."""

    def loopback_only(route: Route) -> None:
        if route.request.url.startswith("http://127.0.0.1:"):
            route.continue_()
        else:
            route.abort()

    page.route("http*://**/*", loopback_only)
    page.add_init_script(NOTE_VIOLATIONS)
    return page


def test_streamlit_works_under_the_default_policy(watched: Page, streamlit: Callable[..., str]) -> None:
    complaints: list[str] = []
    watched.on("console", lambda message: complaints.append(message.text) if "Policy" in message.text else None)
    watched.on("pageerror", lambda error: complaints.append(str(error)))

    answer = watched.goto(streamlit(SCRIPT, policy=STREAMLIT_CONTENT_SECURITY_POLICY))

    assert answer is not None
    assert answer.headers["content-security-policy"] == f"{STREAMLIT_CONTENT_SECURITY_POLICY}; frame-ancestors 'self'"
    expect(watched.get_by_role("heading", name="Quick start")).to_be_visible()
    expect(watched.get_by_text("The end.")).to_be_visible()
    expect(watched.get_by_test_id("stDataFrame").locator("canvas").first).to_be_visible()
    expect(watched.get_by_test_id("stVegaLiteChart").locator("canvas, svg.marks").first).to_be_visible()
    expect(watched.get_by_test_id("stGraphVizChart").locator("text", has_text="by_wasm")).to_be_visible()
    expect(watched.frame_locator("iframe").get_by_text("frame script ran")).to_be_visible()
    expect(watched.get_by_text("page script ran")).to_be_visible()
    expect(watched.get_by_text("component ran")).to_be_visible()
    watched.get_by_role("button", name="Press").click()
    expect(watched.get_by_text("It was pressed.")).to_be_visible()
    assert watched.evaluate("violations") == []
    assert complaints == []


@pytest.mark.parametrize(
    ("directive", "source"),
    [
        ("script-src", "'unsafe-inline'"),
        ("script-src", "'wasm-unsafe-eval'"),
        ("script-src", "blob:"),
        ("style-src", "'unsafe-inline'"),
        ("font-src", "data:"),
    ],
)
def test_a_source_that_this_page_needs_is_missed(
    watched: Page, streamlit: Callable[..., str], directive: str, source: str
) -> None:
    without = {**STREAMLIT_DIRECTIVES, directive: STREAMLIT_DIRECTIVES[directive].replace(source, "")}

    watched.goto(streamlit(SCRIPT, policy=as_policy(without)))

    # No wait_for_function: older Playwrights evaluate its text in the page, which some of these policies forbid.
    noted = re.compile(rf"^{re.escape(directive)}", re.MULTILINE)
    expect(watched.locator("html")).to_have_attribute("data-violations", noted)
