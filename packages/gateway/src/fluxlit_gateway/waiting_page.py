"""The page that a browser shows while the UI starts, restarts or has failed, and that comes back by itself.

It needs nothing but itself: style and script are inside, allowed by their hashes in its own Content-Security-Policy
(:data:`WAITING_PAGE_CONTENT_SECURITY_POLICY`), under which nothing else runs. The script asks for the current address
again and again, slower each time; any answer but 502, 503 or 504 makes it reload. Without JavaScript a meta refresh
does.

API sketch, for a gateway that has no upstream for a request::

    if scope["method"] in {"GET", "HEAD"} and wants_html(scope["headers"]):
        body = waiting_page("My app", upstream.state)
        headers = [*waiting_page_headers(retry_after=2), (b"content-length", str(len(body)).encode())]
        ...answer 503 with them (no body for HEAD)
    else:
        ...answer 503 with JSON

The page polls with an `Accept: text/html` of its own, so that it gets this page again and can show a changed state.
"""

import base64
import hashlib
from collections.abc import Iterable
from html import escape
from string import Template
from typing import NamedTuple

__all__ = (
    "WAITING_PAGE_CONTENT_SECURITY_POLICY",
    "waiting_page",
    "waiting_page_headers",
    "wants_html",
)

_REFRESH_SECONDS = 5

_STYLE = """
:root { color-scheme: light dark; --ink: #262730; --soft: #5c5f6b; --ground: #fff; --accent: #c4302b; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #fafafa; --soft: #b4b7c1; --ground: #0e1117; --accent: #ff6c6c; }
}
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; }
main { padding: 2rem; max-width: 32rem; text-align: center; }
h1 { font-size: 1.5rem; margin: 0 0 .5rem; overflow-wrap: anywhere; }
p { margin: .25rem 0; }
.hint { color: var(--soft); }
code { overflow-wrap: anywhere; }
.spinner { width: 2rem; height: 2rem; margin: 0 auto 1.5rem; border-radius: 50%; border: 3px solid var(--soft);
  border-top-color: var(--accent); animation: turn 1s linear infinite; }
[data-state="failed"] .spinner { animation: none; border-color: var(--accent); }
@keyframes turn { to { transform: rotate(360deg); } }
@media (prefers-reduced-motion: reduce) { .spinner { animation-duration: 6s; } }
"""

# Each wait is longer than the last, up to 5 s, and differs between browsers, so that those which waited for the same
# restart do not return in the same instant. A tab that comes to the front, or back online, asks at once.
_SCRIPT = """
(() => {
  "use strict";
  const away = new Set([502, 503, 504]);
  let wait = 500, timer = 0, asking = false;
  const ask = (url) => fetch(url, {cache: "no-store", credentials: "same-origin", redirect: "manual",
    headers: {Accept: "text/html"}, signal: AbortSignal.timeout(10000)});
  const show = (text) => {
    const next = new DOMParser().parseFromString(text, "text/html").querySelector("main[data-state]");
    const now = document.querySelector("main[data-state]");
    if (!next || next.dataset.state === now.dataset.state) return;
    now.dataset.state = next.dataset.state;
    for (const part of ["[role=status]", "code"]) {
      const [from, to] = [next.querySelector(part), now.querySelector(part)];
      if (from && to) to.textContent = from.textContent;
    }
  };
  const back = async () => {
    const ready = document.querySelector("main[data-state]").dataset.readyUrl;
    if (ready && away.has((await ask(ready)).status)) return false;
    const answer = await ask(location.href);
    if (!away.has(answer.status)) return true;
    show(await answer.text());
    return false;
  };
  const look = async () => {
    if (asking) return;
    asking = true;
    clearTimeout(timer);
    try {
      if (await back()) { location.reload(); return; }
    } catch { /* the server itself is away: keep asking */ }
    asking = false;
    wait = Math.min(wait * 1.5, 5000);
    timer = setTimeout(look, wait * (0.75 + Math.random() / 2));
  };
  const hurry = () => { if (!document.hidden) { wait = 500; look(); } };
  document.addEventListener("visibilitychange", hurry);
  addEventListener("online", hurry);
  timer = setTimeout(look, wait);
})();
"""

_PAGE = Template("""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<noscript><meta http-equiv="refresh" content="$refresh"></noscript>
<title>$title</title>
<link rel="icon" href="data:,">
<style>$style</style>
</head>
<body>
<main data-state="$state"$ready>
<div class="spinner" aria-hidden="true"></div>
<h1>$title</h1>
<p role="status" aria-live="polite">$text</p>
<p class="hint">This page comes back by itself.</p>
$request</main>
<script>$script</script>
</body>
</html>
""")

_TEXTS = {
    "starting": "The app is starting.",
    "restarting": "The app is restarting.",
    "failed": "The app could not be started. Its log says why.",
    "stopped": "The app has been stopped.",
}
_ANY_OTHER_STATE = "The app is not available right now."


def _hash_source(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


WAITING_PAGE_CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        f"script-src {_hash_source(_SCRIPT)}",
        f"style-src {_hash_source(_STYLE)}",
        # The icon is `data:,`, so that the browser does not ask for /favicon.ico.
        "img-src data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
    )
)


def waiting_page(title: str, state: str, *, ready_url: str | None = None, request_id: str = "") -> bytes:
    """The page, in UTF-8.

    Args:
        title: The app's; any text, it is escaped.
        state: "starting", "restarting", "failed" or "stopped"; another one gets a neutral sentence.
        ready_url: Of the same origin; asked before the current address, and 502, 503 or 504 there means not yet. For a
            gateway whose pages are dear to ask for. None asks for the current address alone.
        request_id: What a visitor can report and an operator finds in every log; empty shows none.
    """
    page = _PAGE.substitute(
        refresh=_REFRESH_SECONDS,
        title=escape(title),
        style=_STYLE,
        state=escape(state),
        ready=f' data-ready-url="{escape(ready_url)}"' if ready_url else "",
        request=f'<p class="hint">Request <code>{escape(request_id)}</code></p>\n' if request_id else "",
        text=_TEXTS.get(state, _ANY_OTHER_STATE),
        script=_SCRIPT,
    )
    return page.encode("utf-8", "replace")


def waiting_page_headers(*, retry_after: int = _REFRESH_SECONDS) -> list[tuple[bytes, bytes]]:
    """The response headers that go with the page, Content-Length left to the caller.

    Args:
        retry_after: For programs, in seconds (RFC 9110 section 10.2.3).
    """
    return [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"retry-after", str(retry_after).encode()),
        (b"content-security-policy", WAITING_PAGE_CONTENT_SECURITY_POLICY.encode()),
        (b"vary", b"Accept, Sec-Fetch-Dest"),
    ]


class _Preference(NamedTuple):
    media_type: str
    quality: float


def wants_html(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Whether what is asked for is a page to show, rather than a script, an image or data.

    Browsers say it in `Sec-Fetch-Dest` (https://www.w3.org/TR/fetch-metadata/): a document or a frame is one, ``empty``
    (fetch, EventSource) only with an explicit ``text/html``. For anything that does not send that header, `Accept` must
    name ``text/html``, and not after JSON: ``*/*`` (curl, most programs) is served better by JSON.
    """
    wanted: dict[bytes, str] = {}
    for name, value in headers:
        if name in {b"accept", b"sec-fetch-dest"}:
            earlier = f"{wanted[name]}," if name in wanted else ""
            wanted[name] = earlier + value.decode("latin-1").strip().lower()
    destination = wanted.get(b"sec-fetch-dest", "empty")
    if destination in {"document", "iframe", "frame"}:
        return True
    if destination != "empty":
        return False
    qualities = dict(_preferences(wanted.get(b"accept", "")))
    html = max(qualities.get("text/html", 0.0), qualities.get("application/xhtml+xml", 0.0))
    return html > 0 and html >= qualities.get("application/json", 0.0)


def _preferences(accept: str) -> Iterable[_Preference]:
    # RFC 9110 section 12.5.1; a quality that is no number counts as 0: it was not asked for in any way we understand.
    for item in accept.split(","):
        media_type, *parameters = (part.strip() for part in item.split(";"))
        quality = next((value for key, _, value in (p.partition("=") for p in parameters) if key.strip() == "q"), "1")
        try:
            yield _Preference(media_type, float(quality))
        except ValueError:
            yield _Preference(media_type, 0.0)
