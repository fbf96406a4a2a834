"""Offers the experiment flow on this machine: every night, and by hand from Prefect's pages.

    make serve                          # or: fewqubit serve
    make serve CRON="0 */6 * * *"       # another schedule

Uses the server that Prefect's settings name (PREFECT_API_URL, in the environment or the profile),
else one on this machine, started if need be; PREFECT_SERVER_API_PORT is its port.
"""

import os
import sys
from contextlib import nullcontext

from fewqubit.errors import FewqubitError, PipelineError, SettingsError
from fewqubit.pipeline.environment import silence_telemetry
from fewqubit.tracking.address import shown, without_login, without_secrets
from flows.server import ADDRESS, local_server, named_server, server_port

NIGHTLY = "0 2 * * *"


def serve() -> None:
    """Serve until interrupted; schedules stay, so that the next ``serve`` takes them up.

    Raises PipelineError: no server, or one that refuses; SettingsError: no such schedule.
    """
    silence_telemetry()
    port, given = server_port(), named_server()
    with nullcontext(given) if given else local_server(port) as api:
        os.environ[ADDRESS] = api
        if without_login(api) != api:  # Prefect prints the address of its pages
            os.environ.setdefault("PREFECT_UI_URL", without_login(api).removesuffix("/api"))
        sys.stderr.write(f"Prefect's server is {shown(api)}\n")
        _serve(api, os.environ.get("CRON") or NIGHTLY)


def _serve(api: str, cron: str) -> None:
    # Prefect reads its settings when imported
    from httpx import HTTPError
    from prefect.client.schemas.schedules import CronSchedule
    from prefect.exceptions import PrefectException

    from flows.experiment import experiment

    try:
        CronSchedule(cron=cron)
    except ValueError:
        raise SettingsError(
            f"CRON: expected five fields (minute hour day month weekday) as '{NIGHTLY}', "
            f"got '{cron}'"
        ) from None
    try:
        # limit: the runs share one folder
        experiment.serve(
            name="nightly",
            description="Make what is stale, mirror it into MLflow, show the verdicts.",
            tags=["fewqubit"],
            cron=cron,
            limit=1,
            pause_on_shutdown=False,
        )
    except (PrefectException, HTTPError) as error:
        words = " ".join(without_secrets(str(error), api).split())
        raise PipelineError(f"Prefect at {shown(api)}: {words}") from None


def main() -> None:
    """Serve; what Fewqubit raises on purpose is one line on stderr and exit code 2."""
    try:
        serve()
    except FewqubitError as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
