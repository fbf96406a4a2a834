"""Offers the experiment flow on this machine: every night, and by hand from Prefect's pages.

    make serve                          # or: python -m flows.serve
    make serve CRON="0 */6 * * *"       # another schedule

Uses the server that PREFECT_API_URL names, else one on this machine, started if need be.
"""

import os
from contextlib import nullcontext

from fewqubit.pipeline.environment import silence_telemetry
from flows.server import local_server

NIGHTLY = "0 2 * * *"


def serve() -> None:
    """Serve until interrupted; schedules stay, so that the next ``serve`` takes them up."""
    silence_telemetry()
    given = os.environ.get("PREFECT_API_URL")
    with nullcontext(given) if given else local_server() as api:
        os.environ["PREFECT_API_URL"] = str(api)
        from flows.experiment import experiment  # Prefect reads its settings when imported

        experiment.serve(
            name="nightly",
            cron=os.environ.get("CRON", NIGHTLY),
            limit=1,  # the runs share one folder
            pause_on_shutdown=False,
        )


if __name__ == "__main__":
    serve()
