from fluxlit import ApiClient, FluxLit

app = FluxLit(title="Admin Portal")


@app.api.get("/users")
def users() -> list[dict[str, str]]:
    return [{"name": "Ada"}]


@app.page("/")
def home(st, client: ApiClient) -> None:
    st.title("Dashboard")
    st.dataframe(client.get("/users").json())
    if st.button("Refresh"):
        st.success("Refreshed")
