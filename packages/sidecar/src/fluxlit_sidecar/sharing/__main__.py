"""``python -m fluxlit_sidecar.sharing``: the supervisor. Reads its configuration from standard input."""

from __future__ import annotations

import asyncio
import sys

from fluxlit_sidecar.sharing.configuration import SupervisorConfiguration
from fluxlit_sidecar.sharing.supervisor import Supervisor


async def main() -> None:
    """Supervise until it is time to leave."""
    await Supervisor(SupervisorConfiguration.model_validate_json(sys.stdin.read())).run()


if __name__ == "__main__":
    asyncio.run(main())
