"""An application that is protected in every way that needs no provider: password, key, requirements, limits."""

from typing import Any

from fastapi import WebSocket

from fluxlit import FluxLit
from fluxlit.auth import APIKeys, Basic, CurrentUser, User

app = FluxLit(title="Guarded", import_target="guarded:app")


def verify(name: str, password: str) -> User | None:
    """Whoever knows the password; root is an administrator."""
    if password != "right":
        return None
    return User(id=name, name=f"{name} Å", roles=frozenset({"admin"} if name == "root" else ()))


app.protect(APIKeys(), Basic(verify), requires={"/api/admin/*": "role:admin"})
app.limit("3/hour", by="user", paths=["/api/limited"])


@app.api.get("/me")
def me(user: CurrentUser) -> User:
    return user


@app.api.get("/admin/panel")
def panel() -> str:
    return "panel"


@app.api.get("/limited")
def limited() -> str:
    return "served"


@app.api.websocket("/echo")
async def echo(socket: WebSocket) -> None:
    await socket.accept()
    await socket.close()


@app.page("/", title="Home")
def home(st: Any, client: Any, user: User) -> None:
    st.write(f"page: {user.id}, {user.name}")
    st.write(f"st.user: {st.user.sub}, {st.user.name}")
    st.write(f"api: {client.get('/me').json()['id']}")
    st.write(f"admin: {client.get('/admin/panel').status_code}")
    st.write(f"secrets: {sorted(name for name in st.context.headers if name.lower() in {'authorization', 'cookie'})}")


@app.page("/admin", title="Admin", requires="role:admin")
def admin(st: Any) -> None:
    st.write("only for administrators")
