"""A search: one arm of a learner on one data set, and the work of a single trial."""

import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import jax
import numpy as np

from fewqubit.base.io.files import sha256
from fewqubit.base.io.fingerprint import fingerprint
from fewqubit.base.keys import root_key, stream
from fewqubit.config import Range, Search, with_values
from fewqubit.errors import ArtifactError, NumbersError
from fewqubit.search.folds import folds_of
from fewqubit.search.space import Axes, Values
from fewqubit.stages.meta_train import SOURCES, TrainingJob, load_training_data, train

SEARCHES = Path("artifacts/searches")


class Work(NamedTuple):
    """One search.

    job:   data set, learner and arm, with the settings that trials vary
    plan:  sampler and budget
    axes:  where to look
    seed:  root of the random streams
    """

    job: TrainingJob
    plan: Search
    axes: Axes
    seed: int

    @property
    def folder(self) -> Path:
        """Where the search is kept, relative to the project."""
        work = self.job
        return SEARCHES / work.dataset / work.learner / work.arm

    @property
    def study(self) -> str:
        """Names the trials that count: same space, sampler, data, and settings but those searched.

        The budget is no part of it, so a search can be extended.
        """
        first = {name: next(_ends(axis)) for name, axis in self.axes.items()}
        return fingerprint(
            str(self.job),
            self.plan.sampler,
            json.dumps(plain_axes(self.axes)),
            str(self.seed),
            self.trial(first).settings.model_dump_json(),
            self.job.episodes.model_dump_json(),
            *(sha256(self.job.prepared / source) for source in SOURCES),
            *([] if self.plan.class_folds is None else [f"{self.plan.class_folds} folds"]),
        )

    def check_prepared(self) -> None:
        """Raise ArtifactError: the data set, whose episodes judge the trials, is not prepared."""
        missing = [path for name in SOURCES if not (path := self.job.prepared / name).exists()]
        if missing:
            raise ArtifactError(
                f"{missing[0]}: expected prepared data, found none; `fewqubit run "
                f"prepare@{self.job.dataset}` makes them, with --recipe and --set as here"
            )

    def trial(self, values: Values) -> TrainingJob:
        """The training of one trial; it ends where validation classes are still unseen."""
        settings = with_values(self.job.settings, {**values, "seeds": self.plan.seeds})
        training = settings.meta_training()
        if training is not None and training.final == "all_classes":
            settings = with_values(settings, {"training.final": "validated"})
        return self.job._replace(settings=settings)

    def draw(self, *names: str | int) -> int:
        """A seed for Optuna. The arm is not part of its name, so the arms are paired."""
        subject = (self.job.dataset, self.job.learner)
        key = stream(root_key(self.seed), "search", *subject, *names)
        return int(jax.random.bits(key, dtype=np.uint32))


class TrialResult(NamedTuple):
    """What a trial found: validation accuracy of each training (seeds, of each fold if there are
    folds); when it ran, how long."""

    accuracies: list[float]
    seconds: float
    started: str


def measure(
    trial: TrainingJob, seed: int, title: str, class_folds: int | None = None
) -> TrialResult:
    """Train ``trial`` and validate it; a trial killed before goes on from its checkpoint.

    With ``class_folds`` it is trained once for each fold of the meta-train classes. Training seeds
    are not those of the final training, which a search must not fit itself to. A trial that
    diverges, in whichever seed, counts as never right: accuracy 0 of every seed.
    """
    began, started = time.monotonic(), datetime.now(UTC).isoformat()
    key = stream(root_key(seed), "search")
    if class_folds is None:
        trainings = [(load_training_data(trial.prepared, trial.episodes.within_group), key, title)]
    else:
        folds = folds_of(trial.prepared, trial.dataset, trial.episodes, class_folds, key)
        trainings = [
            (data, stream(key, "fold", n), f"{title}, fold {n + 1} of {class_folds}")
            for n, data in enumerate(folds)
        ]
    try:
        found = [train(trial, *training).seeds.best_accuracy for training in trainings]
        accuracies = np.concatenate(found).astype(float).tolist()
    except NumbersError as error:
        sys.stderr.write(f"{title}: {error}; this trial counts as accuracy 0\n")
        accuracies = [0.0] * trial.settings.seeds * len(trainings)
    return TrialResult(accuracies, time.monotonic() - began, started)


def plain_axes(axes: Axes) -> dict[str, Any]:
    """The space as JSON can say it."""
    return {name: a.model_dump() if isinstance(a, Range) else a for name, a in axes.items()}


def _ends(axis: Any) -> Any:
    return iter([axis.low] if isinstance(axis, Range) else axis)
