"""What Streamlit adds to each run of a script and has no option for, done at less cost in a sidecar in ``run`` mode.

Each module exchanges some names of Streamlit for equivalents, and only where what it finds is what it knows (Streamlit
1.57 to 1.67): a later Streamlit that has changed there is left as it is, which a line at DEBUG says, and is merely a
little slower. What each of them is worth is in ``benchmarks/sidecar/README.md``.

- `config_sections`, `unset_themes`: the theme is read from the configuration for each run, section by section, and each
  section looks at every option that there is.
- `new_sessions`: the message with which each run begins is filled anew, but for a run's id with the same content.
- `evaluated_data`: of the data of each table, be it a list or a dict, Streamlit asks whether it has yet to be fetched.
- `plain_tables`: a table of plain Python values becomes a data frame twice and Arrow once in each run.
- `page_hashes`: the address of each page of a menu is hashed several times in each run.
- `fragment_pools`: each run prepares threads for fragments that run in parallel, which hardly any page has.
- `run_events`: each message of a script wakes the event loop, which then wants the interpreter from the script.
- `message_events`: each of them is compared with all other kinds of events of a script.
- `deliveries`: between two deliveries Streamlit's runtime pauses for 5 ms, and it makes four tasks for each.
- `session_clients`: each message passes a queue, a task and six layers of the server, and is written by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxlit_sidecar.streamlit_server.run_costs.config_sections import read_sections_directly, section_reader
from fluxlit_sidecar.streamlit_server.run_costs.deliveries import deliver_at_once
from fluxlit_sidecar.streamlit_server.run_costs.evaluated_data import know_evaluated_data
from fluxlit_sidecar.streamlit_server.run_costs.flush_interval import FLUSH_INTERVAL, pause_less
from fluxlit_sidecar.streamlit_server.run_costs.fragment_pools import prepare_pools_late
from fluxlit_sidecar.streamlit_server.run_costs.known_code import leave_alone
from fluxlit_sidecar.streamlit_server.run_costs.message_events import pass_messages_on
from fluxlit_sidecar.streamlit_server.run_costs.new_sessions import copy_new_session_messages
from fluxlit_sidecar.streamlit_server.run_costs.page_hashes import remember_page_hashes
from fluxlit_sidecar.streamlit_server.run_costs.plain_tables import remember_plain_tables
from fluxlit_sidecar.streamlit_server.run_costs.run_events import hand_events_over_together
from fluxlit_sidecar.streamlit_server.run_costs.unset_themes import skip_unset_themes

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ("FLUSH_INTERVAL", "lower_run_costs", "section_reader")


def lower_run_costs() -> None:
    """Exchange all of it; the configuration has been loaded and there is no runtime yet. Safe to call twice."""
    pause_less()
    # Deliveries without pauses rely on events that come in few parts.
    if _done(hand_events_over_together):
        _done(deliver_at_once)
    _done(pass_messages_on)
    _done(read_sections_directly)
    # The message is known when the theme in it is.
    if _done(skip_unset_themes):
        _done(copy_new_session_messages)
    for step in (know_evaluated_data, remember_plain_tables, remember_page_hashes, prepare_pools_late):
        _done(step)


def _done(step: Callable[[], bool]) -> bool:
    try:
        return step()
    except Exception:  # noqa: BLE001 - a Streamlit that is not what we know is served as it is
        return leave_alone(f"what {step.__name__}() exchanges")
