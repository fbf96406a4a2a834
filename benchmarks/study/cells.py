"""A cell of the study: one learner in one arm on one data set, searched, trained and tested."""

from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from fewqubit.base.io.files import read_json, write_json
from fewqubit.base.keys import root_key, stream
from fewqubit.config import Search, Settings, of_arm, with_values
from fewqubit.data.read import read_raw
from fewqubit.meta.learner import MetaState
from fewqubit.meta.train import Point, SeedState, TrainState
from fewqubit.models.network import Params
from fewqubit.predict.trained import Trained
from fewqubit.predict.training import learner_card, learning_curve, n_steps
from fewqubit.report.findings import Findings
from fewqubit.report.gather import Result, Study
from fewqubit.stages.features import prepared
from fewqubit.stages.plan import plan
from fewqubit.stages.tuning import refined
from fewqubit.study.jobs import Job, Tasks, tested
from fewqubit.study.pieces import kept
from fewqubit.study.side_by_side import BANDWIDTH, SideBySide
from fewqubit.tasks import TrainingData, feature_shape_of, rows_of

Values = dict[str, float]
PIECES = Path("artifacts/studies/study")


class Trial(NamedTuple):
    """An arm of a learner at one point of its grid: mean accuracies over the seeds of the search.

    test: on test episodes; known of the circuit's best rate at each bandwidth, else None
    """

    learner: str
    arm: str
    values: Values
    validation: float
    test: float | None


class Cell(NamedTuple):
    """All trials of an arm, and the result at the point that validated best."""

    trials: list[Trial]
    result: Result


class Asked(NamedTuple):
    """One data set: its study, of the arms as they were chosen; what it says; all trials."""

    study: Study
    findings: Findings
    trials: list[Trial]


class Asker(NamedTuple):
    """What the cells of one data set share.

    programs:  one for each learner, arm and shape of examples; data sets share them
    pieces:    where finished work is kept
    """

    settings: Settings
    tasks: Tasks
    data: TrainingData
    programs: dict[str, SideBySide]
    pieces: Path

    def cell(self, learner: str, arm: str) -> Cell:
        """Choose a point on validation episodes; train anew there, with other seeds; test it."""
        job = Job(learner, arm, of_arm(self.settings.learners[learner], arm))
        trials = self._trials(job, grid(self.settings.search, job))
        values = best(trials).values
        at = job._replace(settings=with_values(job.settings, values))
        work = self._work(at, "side by side")
        return Cell(trials, kept(self.pieces, work, lambda: self._result(at, values)))

    def _trials(self, job: Job, points: Sequence[Values]) -> list[Trial]:
        """Every point of the grid, trained side by side; read from a file once it is done."""
        seeds = self.settings.search.seeds
        path = self.pieces / f"{self._work(job, f'{points} {seeds}')}.json"
        if not path.exists():
            params, numbers = self._trained(job, points, seeds, "search"), range(len(points))
            of_points = [rows_of(params, n) for n in numbers]
            found = [float(self._scores(job, one, "validation").mean()) for one in of_points]
            tests = {
                n: float(self._scores(job, of_points[n], "test").mean())
                for n in shown(job.arm, points, found)
            }
            write_json(path, [(found[n], tests.get(n)) for n in numbers])
        rows = zip(points, read_json(path), strict=True)
        return [Trial(job.name, job.arm, at, *scores) for at, scores in rows]

    def _result(self, job: Job, values: Values) -> Result:
        """All seeds, trained at ``values`` and tested as a stage would."""
        settings, shape = job.settings, feature_shape_of(self.data.x)
        params = rows_of(self._trained(job, [values], settings.seeds), 0)
        state = ended(params, self._scores(job, params, "validation").mean(1), n_steps(settings))
        about = {"dataset": self.tasks.dataset, "learner": job.name}
        card = learner_card(about, settings, job.arm, self.tasks.episodes, {}, state, shape)
        trained = Trained(self._program(job).learner, settings, job.arm, params, card)
        return tested(job, trained, learning_curve(state), self.tasks, self.settings.evaluation)

    def _trained(self, job: Job, points: Sequence[Values], seeds: int, *names: str) -> Params:
        """[points, seeds, ...]; ``names`` of the random streams."""
        keys = self.tasks._replace(key=stream(self.tasks.key, *names)).seed_keys(job.name, seeds)
        training, episodes = job.settings.meta_training(), self.tasks.episodes
        assert training is not None
        shape = training.shape(episodes.n_way, episodes.n_shot, episodes.n_query)
        return self._program(job).trained(points, keys, self.data, shape)

    def _scores(self, job: Job, params: Params, part: str) -> Float[np.ndarray, "S episodes"]:
        manifest = self.tasks.made.manifests[f"manifest_{part}"]
        return self._program(job).accuracies(params, self.data, manifest)

    def _program(self, job: Job) -> SideBySide:
        """Settings without the point: it is an argument."""
        shape, n_way = feature_shape_of(self.data.x), self.tasks.episodes.n_way
        name = f"{job} {shape} {n_way}"
        if name not in self.programs:
            settings = of_arm(self.settings.learners[job.name], job.arm)
            self.programs[name] = SideBySide(settings, job.arm, shape, n_way)
        return self.programs[name]

    def _work(self, job: Job, more: str) -> str:
        settings, reading = job.settings.model_dump_json(), self.settings.evaluation
        return self.tasks.fingerprint(f"{job} {more}", settings, reading)


def tasks_of(settings: Settings, dataset: str) -> Tasks:
    """A data set of the recipe, prepared as the stage would."""
    described, key = settings.datasets[dataset], root_key(settings.seed)
    own = stream(key, "prepare", dataset)
    planned = plan(dataset, described, read_raw(described), own)
    made = prepared(refined(dataset, planned, described, own).planned, described, own)
    return Tasks(dataset, made, described.episodes, key)


def grid(search: Search, job: Job) -> list[Values]:
    """Every point of the arm's grid."""
    axes = search.axes(job.name, job.arm, job.settings)
    lists = [[*axis] for axis in axes.values()]
    return [dict(zip(axes, values, strict=True)) for values in product(*lists)]


def best(trials: Sequence[Trial]) -> Trial:
    """The trial that validated best; of equals the first."""
    return max(trials, key=lambda trial: trial.validation)


def shown(arm: str, points: Sequence[Values], found: Sequence[float]) -> list[int]:
    """Numbers of the points whose test is shown: a circuit's best rate at each bandwidth."""
    if arm != "quantum":
        return []
    bandwidths = dict.fromkeys(point[BANDWIDTH] for point in points)
    return [
        max((n for n, point in enumerate(points) if point[BANDWIDTH] == one), key=found.__getitem__)
        for one in bandwidths
    ]


def ended(params: Params, validation: Float[np.ndarray, " S"], steps: int) -> TrainState:
    """The end of a training whose last parameters count."""
    unknown, n = np.full(len(validation), np.nan), np.full(len(validation), steps)
    seeds = SeedState(MetaState(params, ()), params, validation, n, np.zeros_like(n))
    return TrainState(steps, seeds, [Point(steps, unknown, unknown, validation)])
