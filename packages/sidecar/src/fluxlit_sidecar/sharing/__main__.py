"""``python -m fluxlit_sidecar.sharing``: the supervisor. Reads its configuration from standard input."""

from __future__ import annotations

import asyncio
import os

from fluxlit_sidecar.child import names
from fluxlit_sidecar.child.command import python_module
from fluxlit_sidecar.sharing.supervisor_process import read_orders
from fluxlit_sidecar.supervision.forerunner import dismiss_forerunner, start_forerunner


def main() -> None:
    """Supervise until it is time to leave."""
    ahead = os.environ.pop(names.AHEAD, "")
    if ahead:
        start_forerunner(python_module("fluxlit_sidecar.streamlit_server"), env={names.STREAMLIT: ahead})
    try:
        _supervise()
    finally:
        dismiss_forerunner()


def _supervise() -> None:
    from fluxlit_sidecar.sharing.configuration import SupervisorConfiguration  # noqa: PLC0415 - after a forerunner
    from fluxlit_sidecar.sharing.supervisor import Supervisor  # noqa: PLC0415 - as above

    text, descriptors = read_orders()
    if not text:
        return
    configuration = SupervisorConfiguration.model_validate_json(text).with_descriptors(descriptors)
    # One that was started ahead was started before the worker had imported the application.
    os.environ.clear()
    os.environ.update(configuration.environment)
    os.chdir(configuration.working_folder)
    asyncio.run(Supervisor(configuration).run())


if __name__ == "__main__":
    main()
