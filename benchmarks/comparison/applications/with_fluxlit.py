"""The same routes and pages as one FluxLit object, for both versions: ``fluxlit run with_fluxlit:app``."""

from collections.abc import Callable
from typing import Any

from bench_pages import PAGES, Get
from bench_routes import router

from fluxlit import ApiClient, FluxLit

app = FluxLit()
app.api.include_router(router)


def add(path: str, page: Callable[[Any, Get], None]) -> None:
    """Register one page."""

    @app.page(path, title=path.strip("/") or "quickstart")
    def _(st: Any, client: ApiClient) -> None:
        page(st, lambda where: client.get(where).json())


for _name, _page in PAGES.items():
    add(f"/{_name}", _page)
