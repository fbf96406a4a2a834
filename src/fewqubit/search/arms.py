"""All arms of a learner, searched with one budget; and what Grover's search would have needed."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fewqubit.base.io.files import write_json
from fewqubit.base.io.progress import Progress
from fewqubit.base.registry import look_up
from fewqubit.base.workers.cluster import cluster
from fewqubit.base.workers.pool import processes
from fewqubit.config import Search, Settings, of_arm
from fewqubit.config.edges import edges, edges_text
from fewqubit.errors import ArtifactError, SettingsError
from fewqubit.search.cluster import OnWorkers
from fewqubit.search.grover import GroverQueries, compare
from fewqubit.search.results import Found, read_trials
from fewqubit.search.run import search
from fewqubit.search.space import Axes, grid_points, grid_size
from fewqubit.search.work import Work, plain_axes
from fewqubit.stages.meta_train import TrainingJob
from fewqubit.stages.searched import keep, place

Trial = tuple[dict[str, Any], float]  # values, and validation accuracy
PREPARED = Path("artifacts/prepared")
GROVER_RUNS = 20


def works(settings: Settings, dataset: str, learner: str, plan: Search) -> list[Work]:
    """A search for each arm of ``run.arms``, in its own settings.

    Raises SettingsError: a grid would give one arm more distinct trials than another.
    """
    base = look_up(learner, settings.learners, "learner")
    episodes = look_up(dataset, settings.datasets, "data set").episodes
    prepared = PREPARED / dataset
    if plan.sampler == "grid":
        _check_even(learner, settings, plan)
    return [
        Work(
            TrainingJob(dataset, learner, arm, of_arm(base, arm), episodes, prepared),
            plan,
            settings.search.axes(learner, arm, of_arm(base, arm)),
            settings.seed,
        )
        for arm in settings.run.arms
    ]


def _check_even(learner: str, settings: Settings, plan: Search) -> None:
    """Raise SettingsError if the arms would not have as many distinct trials each."""
    base = settings.learners[learner]
    axes = {arm: settings.search.axes(learner, arm, of_arm(base, arm)) for arm in settings.run.arms}
    sizes = {arm: min(plan.trials, grid_size(space)) for arm, space in axes.items() if space}
    if len(set(sizes.values())) > 1:
        listed = ", ".join(f"{arm} {size}" for arm, size in sizes.items())
        raise SettingsError(
            f"search of {learner}: expected as many distinct trials for every arm, the grid gives "
            f"{listed}; a scale counts in the arms where it acts: give each as many values, under "
            f"search.space.{learner} or for one arm under search.per_arm.{learner}"
        )


def search_arms(arms: Sequence[Work], workers: int, address: str | None = None) -> list[Found]:
    """One arm after the other, ``workers`` trials at a time, or as many as a cluster has room for.

    Raises as ``search`` and ``cluster`` do.
    """
    if address is not None:
        with cluster(address, "search.cluster") as there:
            sent = OnWorkers(there.pool)
            return [search(work, sent, there.workers) for work in arms]
    with processes(workers) as pool:
        return [search(work, pool, workers) for work in arms]


def keep_chosen(arms: Sequence[Work], settings: Settings) -> list[Path]:
    """Write each arm's best values where ``meta_train`` reads them. Returns the paths.

    Equally many distinct trials count in every arm: the first n, where n is what the arm with the
    fewest trials has. Raises ArtifactError: a search is not finished.
    """
    trials = [_distinct(read_trials(work.folder)[1]) for work in arms]
    n = min(map(len, trials))
    paths = []
    for work, found in zip(arms, trials, strict=True):
        dataset, learner, arm, learner_settings = work.job[:4]
        values, accuracy = max(found[:n], key=lambda trial: trial[1])
        best = {"values": values, "validation_accuracy": accuracy, "trials": n}
        plan = work.plan.model_dump(include={"sampler", "seeds", "class_folds"})
        how = {**plan, "seed": work.seed, "space": plain_axes(work.axes)}
        paths.append(place(dataset, learner, arm))
        keep(paths[-1], learner_settings, settings.datasets[dataset], best, how)
    return paths


def _distinct(trials: Sequence[Trial]) -> list[Trial]:
    """The trials without repetitions of earlier values."""
    return [one for n, one in enumerate(trials) if one[0] not in [v for v, _ in trials[:n]]]


def edge_notes(arms: Sequence[Work], outcomes: Sequence[Found]) -> list[str]:
    """A line for each arm whose best values lie at an edge of where it looked."""
    at = [
        (one, edges(one.values, plain_axes(work.axes)))
        for work, one in zip(arms, outcomes, strict=True)
    ]
    return [
        f"{one.arm}: best at an edge of its space ({edges_text(one.values, found)}); "
        "beyond it may be better: widen search.space, for every arm by as many values"
        for one, found in at
        if found
    ]


def best_overrides(learner: str, outcomes: Sequence[Found]) -> list[str]:
    """Overrides for ``--set`` that give every arm its best values."""
    return [
        f"learners.{learner}.per_arm.{outcome.arm}.{name}={json.dumps(value)}"
        for outcome in outcomes
        for name, value in outcome.values.items()
    ]


def grover_arms(arms: Sequence[Work]) -> dict[str, GroverQueries]:
    """Grover's search on the losses that a finished grid search of every arm has measured.

    Writes grover.json into the same folder. Raises ArtifactError: there is no such search.
    """
    losses = {work.job.arm: measured_losses(work.folder, work.axes) for work in arms}
    progress = Progress(f"search {arms[0].job.learner} by Grover", len(arms), "arm")
    compared = {}
    for number, work in enumerate(arms, start=1):
        arm = work.job.arm
        seeds = [work.draw("grover", run) for run in range(GROVER_RUNS)]
        compared[arm] = compare(losses[arm], seeds)
        write_json(work.folder / "grover.json", {"runs": GROVER_RUNS} | compared[arm]._asdict())
        progress.update(number)
    return compared


def measured_losses(folder: Path, axes: Axes) -> list[float]:
    """1 − validation accuracy at every point of the grid, in its order."""
    _, trials = read_trials(folder)
    points = grid_points(axes)
    known = [next((score for v, score in trials if v == point), None) for point in points]
    missing = sum(score is None for score in known)
    if missing:
        raise ArtifactError(
            f"{folder}: Grover's oracle needs the loss of all {len(points)} points of the grid, "
            f"{missing} are missing; run `fewqubit search --sampler grid --trials {len(points)}`"
        )
    return [1.0 - score for score in known if score is not None]
