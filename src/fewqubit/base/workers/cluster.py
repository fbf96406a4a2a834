"""The workers of a Dask cluster, on this machine or others.

``fewqubit worker ADDRESS`` starts a worker. It runs in its own folder with the project and the
output of ``prepare``, for example from ``dvc pull``. If a worker dies, another one takes its work.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from fewqubit.base.extras import needs
from fewqubit.base.workers.pool import Pool
from fewqubit.errors import PipelineError

SECONDS = 10  # timeout for reaching the scheduler


class Cluster(NamedTuple):
    """A pool of workers and their number.

    once:  a value -> a handle to pass as an argument; the value is sent to each worker only once
    """

    pool: Pool
    workers: int
    once: Callable[[Any], Any]


@contextmanager
def cluster(address: str, setting: str) -> Iterator[Cluster]:
    """The workers at ``address``, ``tcp://127.0.0.1:8786`` for example; ``setting`` names it.

    Raises PipelineError: the scheduler does not answer, or has no worker.
    """
    with needs("dask", "work on a cluster"):
        from distributed import Client
    try:
        client = Client(address, timeout=SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise PipelineError(
            f"{setting}: expected a Dask scheduler at {address}, got: {reason}; start one with "
            "`dask scheduler --host 127.0.0.1`, or leave the address out"
        ) from None
    try:
        threads = client.nthreads()
        if not threads:
            raise PipelineError(
                f"{setting}: the scheduler at {address} has no workers; start one with "
                f"`fewqubit worker {address}` in a folder that holds this project"
            )

        def once(value: Any) -> Any:
            """A Dask task, not scattered data: it is recomputed if the worker holding it dies."""
            return client.submit(_itself, value, pure=False)

        yield Cluster(client.get_executor(pure=False), sum(threads.values()), once)
    finally:
        client.close()


def _itself(value: Any) -> Any:
    return value
