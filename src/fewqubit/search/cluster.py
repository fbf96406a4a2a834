"""Trials on the workers of a Dask cluster, on this machine or others.

A worker is started by ``fewqubit worker ADDRESS`` in a folder of its own that holds the project and
what ``prepare`` made, as ``dvc pull`` brings it. Settings go there and accuracies come back: some
kilobytes for each trial. A worker that dies loses its trial to another one.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any, NamedTuple

from fewqubit.base.arithmetic import fix
from fewqubit.base.extras import needs
from fewqubit.errors import ArtifactError, PipelineError
from fewqubit.io.files import sha256
from fewqubit.search.pool import Pool
from fewqubit.stages.meta_train import SOURCES, Assignment

SECONDS = 10  # to reach the scheduler


class Cluster(NamedTuple):
    """Where trials run, and how many do at once."""

    pool: Pool
    workers: int


@contextmanager
def cluster(address: str) -> Iterator[Cluster]:
    """The workers at ``address``, ``tcp://127.0.0.1:8786`` for example.

    Raises PipelineError: nobody answers there, or there is no worker.
    """
    with needs("dask", "a search on a cluster"):
        from distributed import Client
    try:
        client = Client(address, timeout=SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        told = " ".join(str(error).split()) or type(error).__name__
        raise PipelineError(
            f"search.cluster: expected a Dask scheduler at {address}, got: {told}; start one with "
            "`dask scheduler --host 127.0.0.1`, or leave the address out"
        ) from None
    try:
        threads = client.nthreads()
        if not threads:
            raise PipelineError(
                f"search.cluster: the scheduler at {address} has no workers; start one with "
                f"`fewqubit worker {address}` in a folder that holds this project"
            )
        yield Cluster(_Pool(client.get_executor(pure=False)), sum(threads.values()))
    finally:
        client.close()


class _Pool:
    """Sends with each trial the checksums of what it is trained on."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def submit(self, function: Callable[..., Any], /, *args: Any) -> Future[Any]:
        return self._pool.submit(_at_home, function, _checksums(args[0]), *args)


def _checksums(trial: Assignment) -> dict[str, str]:
    return {name: sha256(trial.prepared / name) for name in SOURCES}


def _at_home(
    function: Callable[..., Any], expected: dict[str, str], trial: Assignment, *args: Any
) -> Any:
    """``function`` in the worker's folder, if the data there are the same."""
    fix()
    try:
        there = _checksums(trial)
    except ArtifactError:
        raise ArtifactError(
            f"a worker's folder lacks {trial.prepared}; dvc pull there, or prepare it"
        ) from None
    other = [name for name in SOURCES if there[name] != expected[name]]
    if other:
        raise ArtifactError(
            f"{trial.prepared / other[0]} in a worker's folder is not the one that is searched on; "
            "dvc pull there, or prepare it again"
        )
    return function(trial, *args)
