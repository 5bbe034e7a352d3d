"""``/__fluxlit/debug``: what this gateway is set to and did lately. Only in debug mode: it asks nobody who they are."""

from collections.abc import Mapping
from html import escape
from typing import cast

from fluxlit_gateway.observability.recent_requests import RecentRequests
from fluxlit_gateway.redaction import redact
from fluxlit_gateway.upstream.protocols import Upstream

__all__ = ("DEBUG_PATH", "debug_document", "debug_html")

DEBUG_PATH = "/__fluxlit/debug"


def debug_document(
    upstream: Upstream, *, api_prefix: str, root_mount: str, shown: Mapping[str, object], recent: RecentRequests
) -> dict[str, object]:
    """Return the JSON body of the debug page, without secrets.

    Args:
        upstream: Who serves the UI.
        api_prefix: The API prefix.
        root_mount: The public mount.
        shown: ``settings`` and ``routes`` of the application around the gateway.
        recent: The last requests.
    """
    document = {
        "fluxlit_debug": True,
        "gateway": {"api_prefix": api_prefix, "root_mount": root_mount},
        "settings": dict(cast("Mapping[str, object]", shown.get("settings") or {})),
        "routes": list(cast("list[object]", shown.get("routes") or [])),
        "streamlit_upstream_env": "set" if upstream.targets() else "unset",
        "upstream": {"state": str(upstream.state), **upstream.describe()},
        "recent_dispatches": recent.dispatches(),
        "recent_requests": recent.entries(),
    }
    return cast("dict[str, object]", redact(document))


def debug_html(document: Mapping[str, object], *, title: str) -> str:
    """Return the same for people: a page of tables, without scripts and without anything from elsewhere."""
    upstream = cast("Mapping[str, object]", document["upstream"])
    settings = cast("Mapping[str, object]", document["settings"])
    sections = [
        ("Sidecars", _table(cast("list[Mapping[str, object]]", upstream.get("sidecars") or []))),
        ("Last requests", _table(list(reversed(cast("list[Mapping[str, object]]", document["recent_requests"]))))),
        ("Routes", _table(cast("list[Mapping[str, object]]", document["routes"]))),
        ("Settings", _table([{"setting": name, "value": value} for name, value in settings.items()])),
    ]
    body = "".join(f"<h2>{name}</h2>{table}" for name, table in sections)
    heading = escape(title)
    state = escape(str(upstream.get("state", "")))
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{heading}: debug</title>'
        f"<style>{_STYLE}</style></head><body><h1>{heading}</h1><p>The UI is <strong>{state}</strong>.</p>"
        f"{body}</body></html>"
    )


_STYLE = (
    ":root{color-scheme:light dark}body{font:14px/1.5 system-ui,sans-serif;margin:2rem}"
    "table{border-collapse:collapse}td,th{border-bottom:1px solid #8884;padding:.2rem .8rem .2rem 0;text-align:left;"
    "vertical-align:top;font-variant-numeric:tabular-nums}td{overflow-wrap:anywhere}"
)


def _table(rows: list[Mapping[str, object]]) -> str:
    if not rows:
        return "<p>none</p>"
    columns = list(dict.fromkeys(name for row in rows for name in row))
    head = "".join(f"<th>{escape(str(name))}</th>" for name in columns)
    cells = "".join(_row(row, columns) for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{cells}</tbody></table>"


def _row(row: Mapping[str, object], columns: list[str]) -> str:
    cells = (escape(str(row.get(name, ""))) for name in columns)
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
