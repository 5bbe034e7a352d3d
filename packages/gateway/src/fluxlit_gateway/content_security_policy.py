"""The Content-Security-Policy under which Streamlit works.

It was found with Streamlit 1.67 by taking each source away and watching Chromium's console; a test opens a real page
under it and fails on any violation. It keeps foreign scripts, plug-ins, base and form redirection out. Because of
``'unsafe-inline'`` it is no defence against a script that page code itself writes into the page.

API sketch: ``SecurityHeaders.for_streamlit()`` uses it; to let one more host in, edit the mapping::

    directives = STREAMLIT_DIRECTIVES | {"script-src": STREAMLIT_DIRECTIVES["script-src"] + " https://cdn.example.com"}
    SecurityHeaders.for_streamlit(content_security_policy=as_policy(directives))
"""

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ("STREAMLIT_CONTENT_SECURITY_POLICY", "STREAMLIT_DIRECTIVES", "as_policy")

STREAMLIT_DIRECTIVES: Mapping[str, str] = MappingProxyType(
    {
        "default-src": "'self'",
        # 'unsafe-inline': index.html's own inline script, st.html with scripts, and every script of st.iframe and
        # components.html, whose srcdoc documents inherit this policy. A nonce would have to come from Streamlit.
        # 'wasm-unsafe-eval': Graphviz is WebAssembly. 'unsafe-eval' is not needed: Vega charts use their interpreter.
        # blob: st.components.v2 imports a component's JavaScript from one.
        "script-src": "'self' 'unsafe-inline' 'wasm-unsafe-eval' blob:",
        # 'unsafe-inline': Emotion writes <style> elements at run time. https: a theme may name a font's stylesheet.
        "style-src": "'self' 'unsafe-inline' https:",
        # data: KaTeX's smallest fonts are inside its stylesheet. https: a theme may name fonts.
        "font-src": "'self' data: https:",
        # data: and blob: icons, chart exports, the camera. https: images of Markdown and st.image(url), map tiles.
        "img-src": "'self' data: blob: https:",
        # blob: recordings of st.audio_input. https: st.audio(url), st.video(url).
        "media-src": "'self' data: blob: https:",
        # 'self' covers the page's own WebSocket (CSP 3; Safari since 15.4). https: map tiles, and Streamlit's
        # usage statistics unless browser.gatherUsageStats is off. data: and blob: inline data of charts and components.
        "connect-src": "'self' data: blob: https:",
        # blob: the workers of maps.
        "worker-src": "'self' blob:",
        # https: st.iframe(url), st.video of a video site. blob: and data: documents that page code makes.
        "frame-src": "'self' data: blob: https:",
        # What Streamlit never needs, and what an injected element would want.
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
    }
)


def as_policy(directives: Mapping[str, str]) -> str:
    """One header value of a mapping from directive to its sources."""
    return "; ".join(f"{name} {sources}".rstrip() for name, sources in directives.items())


STREAMLIT_CONTENT_SECURITY_POLICY = as_policy(STREAMLIT_DIRECTIVES)
