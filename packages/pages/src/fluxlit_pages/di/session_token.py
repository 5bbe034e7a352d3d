"""By which token a run knows its session: the gateway's header or, without a gateway, one of the tab's own."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any, Final

from fluxlit_pages.di.request_context import header_value
from fluxlit_sessions import new_session_id

__all__ = ("SESSION_HEADER", "IssuedToken", "issued_token", "token_of_run", "token_of_tab")

SESSION_HEADER: Final = "x-fluxlit-session"
"""Header of the private hop, in lower case; as in ``fluxlit_sessions.browser.layer``."""

# Two underscores: neither widgets nor URL sessions use such keys.
_TOKEN_KEY: Final = "__fluxlit_session_token__"  # noqa: S105 - the name of a key, no secret


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """What the gateway has sent with the page."""

    token: str
    """Empty if the store did not answer."""
    is_of_user: bool
    """Whether the session belongs to somebody who has logged in: it is in the store, or it has ended."""


def issued_token(st: Any) -> IssuedToken | None:
    """The token of the gateway; `None` without a gateway in front (``streamlit run``, ``AppTest``)."""
    value = header_value(st, SESSION_HEADER)
    if value is None:
        return None
    token, _, mark = value.partition(";")
    return IssuedToken(token, is_of_user=bool(mark))


def token_of_tab(st: Any) -> str:
    """The token of a tab without a gateway in front: its session lives as long as the tab."""
    state: Any = st.session_state
    if _TOKEN_KEY not in state:
        state[_TOKEN_KEY] = new_session_id()
    return state[_TOKEN_KEY]


def token_of_run() -> str:
    """The token of the visitor for whom the calling code runs; empty outside a run.

    Asked of Streamlit and not remembered by the page's run: callbacks come before the page function, and fragments run
    without it.
    """
    # A gateway with sidecars has no Streamlit, and is not to load it for this.
    st: Any = sys.modules.get("streamlit")
    runner: Any = sys.modules.get("streamlit.runtime.scriptrunner")
    if st is None or runner is None or runner.get_script_run_ctx(suppress_warning=True) is None:
        return ""
    issued = issued_token(st)
    return issued.token if issued is not None else str(st.session_state.get(_TOKEN_KEY, ""))
