"""Orders for people who have logged in at an OpenID provider: roles, and a page that calls the API as its user."""

import os
from typing import Any

from fluxlit import FluxLit
from fluxlit.auth import OIDC, APIKeys, CurrentUser, User

app = FluxLit(title="Orders")
app.protect(
    OIDC(
        issuer=os.environ.get("OIDC_ISSUER", "https://id.example"),
        client_id=os.environ.get("OIDC_CLIENT_ID", "orders"),
        client_secret=os.environ.get("OIDC_CLIENT_SECRET", ""),
    ),
    APIKeys(),  # for programs: `fluxlit keys create ci --role admin`
    requires={"/api/admin/*": "role:admin"},
)
app.limit("20/minute", by="ip", paths=["/api/auth/login", "/api/auth/callback"])
app.limit("600/minute", by="user")

ORDERS = {"ada": ["tea", "milk"], "root": ["a server"]}


@app.api.get("/orders")
def orders(user: CurrentUser) -> list[str]:
    """The caller's own orders, whether a page or a program calls."""
    return ORDERS.get(user.id, [])


@app.api.get("/admin/orders")
def all_orders() -> dict[str, list[str]]:
    """Everybody's orders; the guard lets only administrators come here."""
    return ORDERS


@app.page("/", title="My orders")
def my_orders(st: Any, client: Any, user: User) -> None:
    """What the user has ordered."""
    st.title(f"Orders of {user.name or user.id}")
    st.write(", ".join(client.get("/orders").json()) or "nothing yet")
    st.html('<a href="api/auth/logout" target="_self">Log out</a>')


@app.page("/admin", title="All orders", requires="role:admin")
def administration(st: Any, client: Any) -> None:
    """Everybody's orders; others neither see the menu entry nor get the page."""
    st.title("All orders")
    st.text(f"tab {st.query_params.get('tab', '1')}")
    st.json(client.get("/admin/orders").json())


@app.page("/about", title="About", public=True)
def about(st: Any, user: User | None) -> None:
    """The one page for everybody."""
    st.title("About orders")
    st.write(f"You are {user.id}." if user else "You have not logged in.")
