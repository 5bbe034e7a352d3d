"""An application that is watched: metrics on an address of their own, JSON logs, errors told to one hook."""

import logging

from fluxlit import ApiClient, FluxLit
from fluxlit.error_reports import ErrorReport

app = FluxLit(title="Watched shop")
log = logging.getLogger("shop")


@app.on_error
def tell(report: ErrorReport) -> None:
    log.error("%s %s failed: %s", report.kind, report.path, report.error)


@app.api.get("/prices/{item}")
def price(item: str) -> dict[str, float]:
    log.info("somebody asks for %s", item)
    return {item: 1.5}


@app.page("/")
def home(st, client: ApiClient) -> None:
    st.title("Prices")
    item = st.text_input("Item", "tea")
    st.json(client.get(f"/prices/{item}").json())
