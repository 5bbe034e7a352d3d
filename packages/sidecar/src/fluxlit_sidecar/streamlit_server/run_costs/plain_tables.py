"""Tables of plain Python values, converted once.

``st.table`` makes a data frame of what it shows to see whether its index is worth showing, makes it again, and turns
that into Arrow: half the time of a small page. For lists and dicts of plain values the outcome depends on nothing but
these values and two options of pandas, and pages show the same ones in run after run. So it is kept, by a digest of the
values; every other kind of data is converted as ever.

Lifecycle: what is kept belongs to the process, is shared by its sessions, and the least recently used goes first.
"""

from __future__ import annotations

import sys
import threading
from collections import OrderedDict
from enum import Enum
from functools import wraps
from typing import TYPE_CHECKING, Any

from fluxlit_sidecar.streamlit_server.run_costs.known_code import MARK, is_ours, leave_alone, namespace
from fluxlit_sidecar.streamlit_server.run_costs.plain_values import MOST_CELLS, digest_of

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

__all__ = ("Outcomes", "remember_plain_tables")

_MOST_KEPT_BYTES = 8 << 20
_ABOUT_AN_ENTRY = 200
# Telling the format of a larger table takes less than its digest.
_FEW_CELLS = 60
_OPTIONS = ("mode.string_storage", "future.infer_string")
_PROBE: dict[str, list[object]] = {"text": ["a", None], "number": [1, 2.5]}


class Outcomes:
    """What functions returned, as long as there is room.

    Args:
        most_bytes: About how much is kept.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._bytes = 0
        self._kept: OrderedDict[Hashable, tuple[Any]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> tuple[Any] | None:
        """The outcome in a tuple, or None."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def keep(self, key: Hashable, outcome: Any) -> None:
        """Keep an outcome that never changes: bytes, a truth value, a member of an enumeration."""
        if _size(outcome) > self._most // 8:
            return
        with self._lock:
            self._bytes += _size(outcome) - (_size(self._kept[key][0]) if key in self._kept else 0)
            self._kept[key] = (outcome,)
            self._kept.move_to_end(key)
            while self._bytes > self._most:
                _, (dropped,) = self._kept.popitem(last=False)
                self._bytes -= _size(dropped)


def _size(outcome: Any) -> int:
    return _ABOUT_AN_ENTRY + (len(outcome) if isinstance(outcome, bytes) else 0)


def remember_plain_tables() -> bool:
    """Exchange Streamlit's conversions of a table; whether it was, now or before."""
    conversions, table = namespace("streamlit.dataframe_util"), namespace("streamlit.elements.table")
    wanted: tuple[tuple[dict[str, Any], str, tuple[object, ...], int], ...] = (
        (conversions, "convert_anything_to_arrow_bytes", (_PROBE,), MOST_CELLS),
        (conversions, "determine_data_format", (_PROBE,), _FEW_CELLS),
        (table, "_compute_hide_index", (_PROBE, None), MOST_CELLS),
    )
    outcomes = Outcomes(_MOST_KEPT_BYTES)
    done = True
    for names, name, probe, most_cells in wanted:
        original = names.get(name)
        if not callable(original) or not _is_repeatable(original, probe):
            done = leave_alone(f"{name}()")
        elif not is_ours(original):
            names[name] = _remembering(original, outcomes, count=len(probe), most_cells=most_cells)
    return done


def _is_repeatable(original: Callable[..., Any], probe: tuple[object, ...]) -> bool:
    """Whether a function takes what it is going to be given, and gives something that can be kept."""
    if "pandas" not in sys.modules:
        # A replaced sidecar serves before pandas is imported (see `warm_up`), and must not wait for it here.
        return True
    try:
        first, second = original(*probe), original(*probe)
    except Exception:  # noqa: BLE001 - whatever it is, the function is not what we know
        return False
    return _is_immutable(first) and first == second


def _is_immutable(outcome: Any) -> bool:
    return isinstance(outcome, (bytes, bool, Enum))


def _remembering(
    original: Callable[..., Any], outcomes: Outcomes, *, count: int, most_cells: int
) -> Callable[..., Any]:
    name = original.__name__

    @wraps(original)
    def remembering(*args: Any, **kwargs: Any) -> Any:
        # Anything but the call that `st.table` makes goes its own way.
        digest = digest_of(args[0], most_cells) if len(args) == count and not kwargs else None
        if digest is None:
            return original(*args, **kwargs)
        key = name, digest, args[1:], _options()
        found = outcomes.get(key)
        if found is not None:
            return found[0]
        outcome = original(*args)
        if _is_immutable(outcome):
            outcomes.keep(key, outcome)
        return outcome

    setattr(remembering, MARK, True)
    return remembering


def _options() -> tuple[object, ...]:
    """The options of pandas that change what becomes of plain values; None for what is not there."""
    # pandas.get_option takes longer than everything else that is done for a table that is known.
    values: Any = getattr(sys.modules.get("pandas._config.config"), "_global_config", None)
    try:
        return values["mode"]["string_storage"], values["future"]["infer_string"]
    except (KeyError, TypeError):
        return _asked_options()


def _asked_options() -> tuple[object, ...]:
    pandas = namespace("pandas")
    found: list[object] = []
    for name in _OPTIONS:
        try:
            found.append(pandas["get_option"](name))
        except (KeyError, AttributeError):  # pandas' own OptionError is both
            found.append(None)
    return tuple(found)
