from datetime import UTC, datetime
from typing import Annotated

from pydantic import BaseModel

from fluxlit import ApiClient, Depends, FluxLit, PageMeta, SessionModel, parse_query_params

app = FluxLit(title="Typed pages", fastapi_kwargs={"version": "1.0"})

SALES = {2025: [3, 5, 8], 2026: [4, 7, 9]}


class Filter(BaseModel):
    """What the address of the reports page may say: `/reports?year=2026`."""

    year: int = 2025


class Basket(BaseModel):
    """What a visitor has chosen, kept in `st.session_state`."""

    items: int = 0


def greeting() -> str:
    return f"Hello, it is {datetime.now(tz=UTC):%Y}"


@app.api.get("/sales/{year}")
def sales(year: int) -> list[int]:
    return SALES.get(year, [])


@app.page("/", icon=":material/home:", tags=["start"])
def home(st, hello: Annotated[str, Depends(greeting)]) -> None:
    """Where visitors begin."""
    st.title("Typed pages")
    st.write(hello)


@app.page("/reports", icon=":material/bar_chart:", page_meta=PageMeta(layout="wide", breadcrumb="Home / Reports"))
def reports(st, client: ApiClient) -> None:
    """Sales of one year."""
    chosen = parse_query_params(st, Filter)
    st.title(f"Reports {chosen.year}")
    st.bar_chart(client.get_model(f"/sales/{chosen.year}", list[int]))


@app.page("/basket", icon=":material/shopping_basket:")
def basket(st) -> None:
    """A counter that survives reruns."""
    session = SessionModel(st)
    chosen = session.read_into(Basket)
    if st.button("Add one"):
        chosen.items += 1
        session.write_from(chosen)
    st.title("Basket")
    st.write(f"{chosen.items} items")
