"""The search of one arm: free workers get trials until the budget is spent."""

from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import NamedTuple

from fewqubit.base.arithmetic import fix
from fewqubit.base.extras import needs
from fewqubit.base.io.progress import Progress
from fewqubit.base.workers.pool import Pool
from fewqubit.errors import SettingsError
from fewqubit.search.ledger import Ledger, open_ledger
from fewqubit.search.results import Found, found, save_search
from fewqubit.search.space import Values
from fewqubit.search.work import TrialResult, Work, measure, plain_axes

with needs("search", "the search for settings"):
    from optuna import Trial


class Running(NamedTuple):
    """A training under way, and the trials that wait for it: those with equal values."""

    values: Values
    trials: list[Trial]


def search(work: Work, pool: Pool, workers: int) -> Found:
    """Spend the budget of ``work``, or what is left of it; write the results.

    Raises PipelineError: another process is at this search. SettingsError: nothing to search.
    """
    fix()
    if not work.axes:
        name = work.job.learner
        raise SettingsError(
            f"search.space.{name}: expected settings to search, found none; "
            f"add, for example, search: {{space: {{{name}: {{training.learning_rate: "
            "[0.001, 0.01]}}} to params.yaml"
        )
    with open_ledger(work) as ledger:
        _spend(ledger, pool, workers)
        card = {
            "dataset": work.job.dataset,
            "learner": work.job.learner,
            "arm": work.job.arm,
            "study": work.study,
            "plan": work.plan.model_dump(exclude={"space", "cluster"}),
            "space": plain_axes(work.axes),
        }
        save_search(work.folder, card, ledger.rows)
        return found(work.job.arm, ledger.rows)


def _spend(ledger: Ledger, pool: Pool, workers: int) -> None:
    title = f"search {ledger.work.job}"
    size = max(ledger.size, len(ledger.study.trials))  # fewer than were begun: those are finished
    progress = Progress(title, size, "trial", first=len(ledger.rows))
    running: dict[Future[TrialResult], Running] = {}
    while True:
        while _n_running(running) < workers and (drawn := ledger.next()) is not None:
            _begin(ledger, pool, running, *drawn)
        if not running:
            return
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            values, trials = running.pop(future)
            measured = future.result()
            for trial in trials:
                ledger.tell(trial, values, measured)
                measured = measured._replace(seconds=0.0)  # trained once, charged once
        progress.update(len(ledger.rows), best=max(row.accuracy for row in ledger.rows))


def _n_running(running: dict[Future[TrialResult], Running]) -> int:
    return sum(len(under_way.trials) for under_way in running.values())


def _begin(
    ledger: Ledger,
    pool: Pool,
    running: dict[Future[TrialResult], Running],
    trial: Trial,
    values: Values,
) -> None:
    """Train, unless a trial with equal values was trained, or is being trained."""
    for row in ledger.rows:
        if row.values == values:
            ledger.tell(trial, values, TrialResult(row.accuracies, 0.0, row.started))
            return
    for under_way in running.values():
        if under_way.values == values:
            under_way.trials.append(trial)
            return
    work = ledger.work
    title = f"trial {trial.number} of {work.job}"
    future = pool.submit(measure, work.trial(values), work.seed, title, work.plan.class_folds)
    running[future] = Running(values, [trial])
