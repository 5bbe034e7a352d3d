"""An application whose users a proxy in front has logged in: the proxy says who they are, in headers."""

import os
from typing import Any

from fluxlit import FluxLit
from fluxlit.auth import CurrentUser, ForwardAuth, User

app = FluxLit(title="Behind a proxy")
app.protect(
    ForwardAuth(
        trusted=frozenset(os.environ.get("TRUSTED_PROXIES", "127.0.0.1").split(",")),
        user_header="X-Remote-User",
        roles_header="X-Remote-Groups",
    )
)


@app.api.get("/me")
def me(user: CurrentUser) -> User:
    """Who the proxy says is calling."""
    return user


@app.page("/", title="Home")
def home(st: Any, user: User) -> None:
    """Who the proxy says is looking."""
    st.title(f"Hello {user.id}")


@app.page("/staff", title="Staff", requires="role:staff")
def staff(st: Any) -> None:
    """For one of the proxy's groups."""
    st.title("For staff")
