"""One Prefect server and the flows it serves, for a file of tests, on loopback."""

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from flows.server import local_server

from fewqubit.pipeline.process import GuardedProcess, module
from prefect_api import PrefectApi
from processes import eventually
from toy_project import make_toy

TOP = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A toy project with the real flows in it."""
    toy = make_toy(tmp_path_factory.mktemp("flows") / "toy")
    shutil.copytree(TOP / "flows", toy / "flows")
    return toy


@pytest.fixture(scope="module")
def api(toy: Path) -> Iterator[PrefectApi]:
    """A server, and the experiment flow of the toy project served from it."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PREFECT_HOME", str(toy.parent / "prefect"))
        environment.setenv("PREFECT_RUNNER_POLL_FREQUENCY", "1")
        environment.setenv("PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS", "5")
        environment.delenv("PREFECT_API_URL", raising=False)
        with local_server(free_port()) as address:
            environment.setenv("PREFECT_API_URL", address)
            with GuardedProcess(module("flows.serve"), toy):
                api = PrefectApi(address)
                assert eventually(api.deployment_is_served, within=240)
                yield api
