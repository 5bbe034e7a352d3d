"""Who takes part in what. A quick run leaves out those whose answer follows from another's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.comparison.contestants.lineup import API, CONTESTANTS, UI

if TYPE_CHECKING:
    from benchmarks.comparison.effort import Effort

FASTAPI = "fastapi"
STREAMLIT = "streamlit-run"
EARLIER = "fluxlit-0.13.2"
ONE = "fluxlit-1"
OBSERVED = "fluxlit-1-observed"
_SEVERAL_WORKERS = "mounted-workers-4"
_MORE_SIDECARS = ("fluxlit-2", "fluxlit-4")
_NOT_QUICK = ("fluxlit-4", "fluxlit-native")


def serving_routes(effort: Effort) -> tuple[str, ...]:
    """Those that have an API; the number of sidecars has no part in it."""
    return _those(API, without=(_SEVERAL_WORKERS, *(() if effort.everything else _MORE_SIDECARS)))


def serving_pages(effort: Effort) -> tuple[str, ...]:
    """Those that have pages, each shape of FluxLit once in a quick run."""
    return _those(UI, without=(_SEVERAL_WORKERS, *(() if effort.everything else _MORE_SIDECARS)))


def seen_in_a_browser(effort: Effort) -> tuple[str, ...]:
    """Those that have pages; whatever passes Streamlit's own files on as they are looks alike, and so does FluxLit."""
    alike = ("mounted", "nginx", EARLIER, *_MORE_SIDECARS, "fluxlit-native")
    return _those(UI, without=(_SEVERAL_WORKERS, *(() if effort.everything else alike)))


def sent_large_messages(effort: Effort) -> tuple[str, ...]:
    """Those that have pages; fluxlit 0.13.2 breaks off at the largest message, which takes its time."""
    return tuple(name for name in serving_pages(effort) if effort.everything or name != EARLIER)


def serving_crowds(effort: Effort) -> tuple[str, ...]:
    """Those that have pages, where the number of sidecars is the point; nginx adds nothing to a rerun's work."""
    return _those(UI, without=(_SEVERAL_WORKERS, *(() if effort.everything else ("fluxlit-4", "nginx"))))


def serving_large_crowds(effort: Effort) -> tuple[str, ...]:
    """Streamlit and the shapes of FluxLit: who is slow with 20 sessions takes half a minute to show it with 100."""
    return _those(
        UI, without=(_SEVERAL_WORKERS, "mounted", "nginx", EARLIER, *(() if effort.everything else _NOT_QUICK))
    )


def serving_uploads(effort: Effort) -> tuple[str, ...]:
    """Those that have pages; several workers too, for whom it is the test."""
    return _those(UI, without=() if effort.everything else ("fluxlit-2", "mounted", "nginx", "fluxlit-native", EARLIER))


def recovering(effort: Effort) -> tuple[str, ...]:
    """Those that have pages; in a quick run those alone that have something left when the pages' process is gone."""
    return _those(
        UI,
        without=(_SEVERAL_WORKERS, *(() if effort.everything else ("fluxlit-4", "fluxlit-native", "mounted", "nginx"))),
    )


def all_starting(effort: Effort) -> tuple[str, ...]:
    """Everyone."""
    return _those(API, UI, without=() if effort.everything else (_SEVERAL_WORKERS,))


def _those(*serving: str, without: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(each.name for each in CONTESTANTS if each.serves & set(serving) and each.name not in without)
