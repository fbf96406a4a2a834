"""Offers the flows on this machine: experiments every night, updates when asked, both by hand too.

    make serve                          # or: fewqubit serve
    make serve CRON="0 */6 * * *"       # another schedule
    make serve UPDATES="*/15 * * * *"   # look for new files of a stream every quarter of an hour

Uses the server that Prefect's settings name (PREFECT_API_URL, in the environment or the profile),
else one on this machine, started if need be; PREFECT_SERVER_API_PORT is its port.
"""

import os
import sys
from contextlib import nullcontext
from typing import cast

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
        _serve(api, os.environ.get("CRON") or NIGHTLY, os.environ.get("UPDATES") or None)


def _serve(api: str, cron: str, updates: str | None) -> None:
    # Prefect reads its settings when imported
    from httpx import HTTPError
    from prefect import serve as serve_all
    from prefect.client.schemas.schedules import CronSchedule
    from prefect.deployments.runner import RunnerDeployment
    from prefect.exceptions import PrefectException

    from flows.experiment import experiment
    from flows.update import update

    for setting, times in (("CRON", cron), ("UPDATES", updates)):
        try:
            CronSchedule(cron=times or NIGHTLY)
        except ValueError:
            raise SettingsError(
                f"{setting}: expected five fields (minute hour day month weekday) as '{NIGHTLY}', "
                f"got '{times}'"
            ) from None
    try:
        nightly = experiment.to_deployment(
            name="nightly",
            description="Make what is stale, mirror it into MLflow, show the verdicts.",
            tags=["fewqubit"],
            cron=cron,
        )
        arriving = update.to_deployment(
            name="new-data",
            description="Take up what arrived: one step of each stream, the gate, a message.",
            tags=["fewqubit"],
            cron=updates,
            parameters={"only_new": updates is not None},
        )
        # limit: the runs share one folder
        # made, not awaited: no event loop runs
        both = (cast(RunnerDeployment, one) for one in (nightly, arriving))
        serve_all(*both, limit=1, pause_on_shutdown=False)
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
