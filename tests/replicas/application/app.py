"""What the replicas serve: each endpoint and page says which replica answered."""

import os
import time
from typing import Any

from fastapi import HTTPException

from fluxlit import FluxLit, Session, SessionStore, ensure_url_session, hydrate_url_session, persist_url_session
from fluxlit_auth import SharedOIDCBFFTokenStore

app = FluxLit(title="Replicated")
REPLICA = os.environ["REPLICA"]
store: Any = app.session_store
codes = SharedOIDCBFFTokenStore(store)


app.limit("12/day", by="ip", paths=["/api/limited"])


@app.api.get("/limited")
def limited() -> str:
    """Twelve of these a day."""
    return REPLICA


@app.api.get("/replica")
def replica() -> str:
    """Who answers."""
    return REPLICA


@app.api.post("/orders/{number}", status_code=201)
def order(number: str) -> str:
    """An order is taken once."""
    if store.compare_and_set(f"order-{number}", {"by": REPLICA}, expected=None) is None:
        raise HTTPException(409, "this order was given before")
    return REPLICA


@app.api.get("/orders/{number}")
def given(number: str) -> dict[str, str] | None:
    """Who took an order."""
    return store.get(f"order-{number}")


@app.api.post("/codes/{code}")
async def issue(code: str) -> None:
    """A code like the one that ends a login."""
    codes.save_exchange_token(code, f"token of {code}", now=time.monotonic())


@app.api.post("/codes/{code}/redeem")
def redeem(code: str) -> dict[str, str | None]:
    """The token, to the first who asks."""
    return {"token": codes.pop_exchange_token(code, now=time.monotonic()), "replica": REPLICA}


@app.page("/")
def home(st: Any, store: SessionStore) -> None:
    """Visits of a URL session."""
    ensure_url_session(st, store)
    hydrate_url_session(st, store)
    visits = st.session_state.visits = st.session_state.get("visits", 0) + 1
    persist_url_session(st, store)
    st.text(f"visits: {visits}")
    st.text(f"replica: {REPLICA}")


@app.page("/visits")
def visits(st: Any, session: Session) -> None:
    """Visits of a visitor's session."""
    session["visits"] = session.get("visits", 0) + 1
    st.text(f"visits: {session['visits']}")
    st.text(f"replica: {REPLICA}")


@app.page("/desk", keep=["desk.*"])
def desk(st: Any, session: Session) -> None:
    """Notes: the last one in a widget that is kept, all of them in the session."""
    note = st.text_input("Note", key="desk.note")
    if note and note not in session.get("notes", []):
        session["notes"] = [*session.get("notes", []), note]
    st.text(f"note: {note}")
    st.text(f"notes: {', '.join(session.get('notes', []))}")
    st.text(f"replica: {REPLICA}")
