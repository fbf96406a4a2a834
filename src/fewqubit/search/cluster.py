"""Trials on the workers of a cluster: settings go there and accuracies come back.

Some kilobytes travel for each trial; the data set is in the worker's folder already.
"""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from fewqubit.base.arithmetic import fix
from fewqubit.base.io.files import sha256
from fewqubit.base.workers.pool import Pool
from fewqubit.base.workers.same_files import check_same
from fewqubit.stages.meta_train import SOURCES, TrainingJob


class OnWorkers:
    """Sends with each trial the checksums of what it is trained on."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def submit(self, function: Callable[..., Any], /, *args: Any) -> Future[Any]:
        """Begin ``function(*args)``, whose first argument is the trial, in a worker's folder."""
        return self._pool.submit(_at_home, function, _checksums(args[0]), *args)


def _checksums(trial: TrainingJob) -> dict[str, str]:
    return {name: sha256(trial.prepared / name) for name in SOURCES}


def _at_home(
    function: Callable[..., Any], expected: dict[str, str], trial: TrainingJob, *args: Any
) -> Any:
    """``function`` in the worker's folder, if the data there are the same."""
    fix()
    check_same(trial.prepared, expected)
    return function(trial, *args)
