"""Lists, tuples and dicts, which hold their data, are not examined for being something that has yet to fetch it.

For each table and chart Streamlit asks whether its data belongs to one of a dozen libraries, and at last whether it
looks like a cursor of a database: a twentieth of the time of a small page, for values that are Python's own.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING

from fluxlit_sidecar.streamlit_server.run_costs.known_code import MARK, is_known, is_ours, leave_alone, namespace

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ("know_evaluated_data",)

_NAME = "is_unevaluated_data_object"
# By exact type: a subclass may be anything.
_EVALUATED = frozenset({dict, list, tuple})
# fmt: off
_KNOWN = (
    "inspect", "is_dask_object", "is_dbapi_cursor", "is_duckdb_relation", "is_modin_data_object",
    "is_polars_lazyframe", "is_pyspark_data_object", "is_snowpandas_data_object", "is_snowpark_data_object",
    "isgeneratorfunction",
)
# fmt: on


def know_evaluated_data() -> bool:
    """Exchange Streamlit's question; whether it was, now or before."""
    names = namespace("streamlit.dataframe_util")
    original: Callable[[object], bool] | None = names.get(_NAME)
    if is_ours(original):
        return True
    samples: tuple[object, ...] = ({}, [], ())
    if original is None or not is_known(original, _KNOWN) or any(map(original, samples)):
        return leave_alone(f"{_NAME}()")
    names[_NAME] = _knowing(original)
    return True


def _knowing(original: Callable[[object], bool]) -> Callable[[object], bool]:
    @wraps(original)
    def is_unevaluated(obj: object) -> bool:
        return type(obj) not in _EVALUATED and original(obj)

    setattr(is_unevaluated, MARK, True)
    return is_unevaluated
