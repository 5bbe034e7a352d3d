"""A shop whose visitors find everything again: after F5, a crash, a deployment, and on another replica."""

import os
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel

from fluxlit import (
    FluxLit,
    Session,
    SessionState,
    ensure_url_session,
    hydrate_url_session,
    persist_url_session,
)


class Order(BaseModel):
    """What a visitor has ordered so far; each field has a default, because a new visitor has ordered nothing."""

    lines: list[str] = []
    deliver: date | None = None


app = FluxLit(title="Shop")


@app.page("/", title="Shop", keep=["filters.*"])
def shop(st: Any, session: Session, order: Annotated[Order, SessionState()]) -> None:
    """The order is a model in the visitor's session; the widgets with these keys are kept there as well."""
    st.title("Shop")
    city = st.text_input("City", key="filters.city")
    day = st.date_input("Day", value=None, key="filters.day")

    with st.form("add", clear_on_submit=True):
        line = st.text_input("Article")
        if st.form_submit_button("Add") and line:
            order.lines.append(line)
            order.deliver = day
            session["last_city"] = city

    st.text(f"order: {', '.join(order.lines) or 'empty'}")
    st.text(f"deliver: {order.deliver}")
    st.text(f"last city: {session.get('last_city', '')}")
    st.text(f"process: {os.getpid()}")
    if st.button("Forget me"):
        app.sessions.revoke(session)
        st.rerun()


@app.page("/draft", title="Draft")
def draft(st: Any, session: Session) -> None:
    """State in the address, for a bookmark: bound to this browser, so that the link alone opens nothing."""
    st.title("Draft")
    store = app.sessions.store
    ensure_url_session(st, store, browser=session.token)
    hydrate_url_session(st, store, browser=session.token)
    st.text_area("Letter", key="letter")
    persist_url_session(st, store, browser=session.token)
    st.text(f"characters: {len(st.session_state.letter)}")


@app.api.post("/visitors/{user}/sign-out-everywhere")
def sign_out_everywhere(user: str) -> int:
    """How many sessions of a user ended. A real application would not let everybody call this: see `app.protect`."""
    return app.sessions.revoke_user(user)
