"""Training and evaluation of each learner in each arm, as the stages do it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import PRNGKeyArray

from fewqubit.base.io.fingerprint import fingerprint
from fewqubit.base.keys import stream
from fewqubit.config import AnyLearner, Baselines, Episodes, Evaluation
from fewqubit.config.baselines import Baseline
from fewqubit.data.raw import as_float
from fewqubit.evaluate.answering.subject import subject_of
from fewqubit.evaluate.baselines.candidates import BASELINES
from fewqubit.evaluate.baselines.tuned import evaluate_baseline, tuned_figures
from fewqubit.evaluate.measure import Measured, measure
from fewqubit.meta import build_learner
from fewqubit.meta.train import TrainState
from fewqubit.predict.bar import Advance, bar
from fewqubit.predict.trained import Trained
from fewqubit.predict.training import learner_card, learning_curve, n_steps, train
from fewqubit.report.gather import Result
from fewqubit.stages.features import Prepared
from fewqubit.stages.plan import index_of_taught
from fewqubit.study.pieces import kept
from fewqubit.tasks import Inputs, TrainingData, feature_shape_of


class Job(NamedTuple):
    """A learner in one arm; its name is part of its random streams."""

    name: str
    arm: str
    settings: AnyLearner

    def __str__(self) -> str:
        return f"{self.name}/{self.arm}"


class Tasks(NamedTuple):
    """What all jobs share: the name of the data set, its tasks, the root of all random streams."""

    dataset: str
    made: Prepared
    episodes: Episodes
    key: PRNGKeyArray

    def fingerprint(self, name: str, settings: str, reading: Evaluation) -> str:
        """A name for a piece of work: a checksum over tasks, settings, key and version."""
        raw = self.made.planned.raw
        about = self.made.asked, self.made.summary, self.episodes.model_dump_json()
        key = np.asarray(jax.random.key_data(self.key)).tobytes()
        described = json.dumps(about, default=str), reading.model_dump_json(), version("fewqubit")
        features = [leaf.tobytes() for leaf in jax.tree.leaves(self.made.features)]
        contents = raw.x.tobytes(), raw.y.tobytes(), *features
        return fingerprint(name, settings, key, *described, *contents)

    def seed_keys(self, learner: str, seeds: int) -> PRNGKeyArray:
        """The random streams of the training seeds of a learner, the same in every arm."""
        streams = jax.vmap(lambda seed: stream(self.key, self.dataset, learner, seed))
        return streams(np.arange(seeds))

    @property
    def data(self) -> TrainingData:
        """The data of meta-training."""
        manifests, planned = self.made.manifests, self.made.planned
        x, every = _features(self.made), index_of_taught(planned, self.episodes)
        taught = planned.indices["meta_train"]
        x = jax.tree.map(jnp.asarray, x)
        return TrainingData(x, taught, manifests["manifest_validation"], every)


def results(
    jobs: Sequence[Job], tasks: Tasks, reading: Evaluation, verbose: bool, folder: Path | None
) -> Iterator[Result]:
    """Train and evaluate the jobs one after another, under one progress bar.

    Finished jobs are read from ``folder``.
    """
    data = tasks.data
    steps = [n_steps(job.settings) + 1 for job in jobs]
    with bar("comparing", sum(steps), verbose) as tell:
        for number, job in enumerate(jobs):
            offset = sum(steps[:number])

            def make(job: Job = job, offset: int = offset, end: int = steps[number]) -> Result:
                trained, curve = _trained(job, tasks, data, _teller(tell, offset, job))
                tell(offset + end - 1, f"{job} is tested")
                return tested(job, trained, curve, tasks, reading)

            work = tasks.fingerprint(str(job), job.settings.model_dump_json(), reading)
            yield kept(folder, work, make)
            tell(offset + steps[number], str(job))


def tested(
    job: Job,
    trained: Trained,
    curve: Sequence[Mapping[str, float]],
    tasks: Tasks,
    reading: Evaluation,
) -> Result:
    """The result of ``trained`` on the test tasks, as the report would read it from files.

    ``curve``: rows of its learning curve.
    """
    found, names = _measured(trained, tasks, reading), tasks.made.planned.raw.names
    return Result(
        job.name,
        job.arm,
        found.accuracies,
        found.figures,
        [_texts(point._asdict()) for point in found.curve],
        _counts(found.confusion, names),
        trained.card,
        found.devices,
        found.cost,
        [_texts(row) for row in curve],
        {},
    )


def baseline_results(
    names: Sequence[Baseline], tasks: Tasks, reading: Evaluation, folder: Path | None
) -> Iterator[Result]:
    """Tune each baseline on the validation tasks; test it on the same tasks as the jobs."""
    for name in names:
        work = tasks.fingerprint(name, "baseline", reading)
        yield kept(folder, work, partial(_baseline, name, tasks, reading))


def _baseline(name: Baseline, tasks: Tasks, reading: Evaluation) -> Result:
    made, baseline = tasks.made, BASELINES[name]
    raw, split = made.planned.raw, made.planned.split
    validation, test = made.manifests["manifest_validation"], made.manifests["manifest_test"]
    key, grid = stream(tasks.key, "evaluate", tasks.dataset), Baselines()
    asked = list(split.meta_train), validation, test, reading, key
    tuned = evaluate_baseline(baseline, grid, made.features, raw.y, *asked)
    figures = tuned_figures(tuned, baseline, test, raw.groups, reading, key, name)
    counts = _counts(tuned.confusion, raw.names)
    curve = [_texts(point._asdict()) for point in tuned.curve]
    return Result(name, "baseline", tuned.accuracies, figures, curve, counts, None, {}, {}, [], {})


def _teller(tell: Advance, offset: int, job: Job) -> Advance:
    return lambda step, text: tell(offset + step, f"{job} {text}")


def _trained(
    job: Job, tasks: Tasks, data: TrainingData, tell: Advance
) -> tuple[Trained, list[dict[str, float]]]:
    """A learner trained in one arm, and its curve."""
    settings, arm, episodes = job.settings, job.arm, tasks.episodes
    keys, names = tasks.seed_keys(job.name, settings.seeds), tasks.made.planned.raw.names

    def report(reached: TrainState) -> None:
        tell(reached.step, f"validation {float(reached.curve[-1].validation.mean()):.1%}")

    done = train(settings, arm, episodes, data, keys, names, str(job), report=report)
    shape = feature_shape_of(data.x)
    about = {"dataset": tasks.dataset, "learner": job.name}
    card = learner_card(about, settings, arm, episodes, {}, done, shape)
    learner = build_learner(settings, arm, shape, episodes.n_way)
    params = jax.tree.map(np.asarray, done.seeds.best_params)
    return Trained(learner, settings, arm, params, card), learning_curve(done)


def _measured(trained: Trained, tasks: Tasks, reading: Evaluation) -> Measured:
    raw, x = tasks.made.planned.raw, _features(tasks.made)
    tests = tasks.made.manifests["manifest_test"]
    subject = subject_of(trained, x, reading, tasks.key)
    return measure(subject, raw.y, tests, raw.groups)


def _features(made: Prepared) -> Inputs:
    """Rows as floats; several arrays in their own types."""
    return made.features if isinstance(made.features, Mapping) else as_float(made.features)


def _counts(confusion: np.ndarray, names: Sequence[str]) -> dict[tuple[str, str], float]:
    """The nonzero cells of ``confusion``, by the names of the true and the predicted class."""
    cells = zip(*np.nonzero(confusion), strict=True)
    return {(names[i], names[j]): float(confusion[i, j]) for i, j in cells}


def _texts(row: Mapping[str, object]) -> dict[str, str]:
    """The values as texts, as in a CSV file: NaN becomes an empty cell."""
    return {name: "" if value != value else str(value) for name, value in row.items()}
