"""Each learner in each arm, trained and measured as the stages do it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import PRNGKeyArray

from fewqubit.config import AnyLearner, Episodes, Evaluation
from fewqubit.data.raw import as_float
from fewqubit.evaluate.measure import Measured, measure
from fewqubit.keys import stream
from fewqubit.meta import build_learner
from fewqubit.meta.train import Material, Progressing
from fewqubit.predict.bar import Advance, bar
from fewqubit.predict.trained import Trained
from fewqubit.predict.training import learner_card, learning_curve, n_steps, train
from fewqubit.report.gather import Result
from fewqubit.stages.features import Prepared
from fewqubit.stages.plan import index_of_taught


class Job(NamedTuple):
    """A learner in one arm; its name is part of its random streams."""

    name: str
    arm: str
    settings: AnyLearner

    def __str__(self) -> str:
        return f"{self.name}/{self.arm}"


class Tasks(NamedTuple):
    """What all jobs share: the data set by name, its tasks, the root of all random streams."""

    dataset: str
    made: Prepared
    episodes: Episodes
    key: PRNGKeyArray

    @property
    def material(self) -> Material:
        """What meta-training sees."""
        manifests, planned = self.made.manifests, self.made.planned
        x, every = as_float(self.made.features), index_of_taught(planned, self.episodes)
        taught = planned.indices["meta_train"]
        return Material(jnp.asarray(x), taught, manifests["manifest_validation"], every)


def results(
    jobs: Sequence[Job], tasks: Tasks, reading: Evaluation, verbose: bool
) -> Iterator[Result]:
    """Train and measure each job, one after the other, under one bar."""
    material, names = tasks.material, tasks.made.planned.raw.names
    steps = [n_steps(job.settings) + 1 for job in jobs]
    with bar("comparing", sum(steps), verbose) as tell:
        for number, job in enumerate(jobs):
            begun = sum(steps[:number])
            trained, curve = _trained(job, tasks, material, _teller(tell, begun, job))
            tell(begun + steps[number] - 1, f"{job} is tested")
            found = _measured(trained, tasks, reading)
            tell(begun + steps[number], str(job))
            yield _result(job, found, trained, curve, names)


def _teller(tell: Advance, begun: int, job: Job) -> Advance:
    return lambda step, told: tell(begun + step, f"{job} {told}")


def _trained(
    job: Job, tasks: Tasks, material: Material, tell: Advance
) -> tuple[Trained, list[dict[str, float]]]:
    """A learner trained in one arm, and its curve."""
    settings, arm, episodes = job.settings, job.arm, tasks.episodes
    streams = jax.vmap(lambda seed: stream(tasks.key, tasks.dataset, job.name, seed))
    keys, names = streams(np.arange(settings.seeds)), tasks.made.planned.raw.names

    def report(reached: Progressing) -> None:
        tell(reached.step, f"validation {float(reached.curve[-1].validation.mean()):.1%}")

    done = train(settings, arm, episodes, material, keys, names, str(job), report=report)
    shape = material.x.shape[1:]
    about = {"dataset": tasks.dataset, "learner": job.name}
    card = learner_card(about, settings, arm, episodes, {}, done, shape)
    learner = build_learner(settings, arm, shape, episodes.n_way)
    params = jax.tree.map(np.asarray, done.seeds.best_params)
    return Trained(learner, settings, arm, params, card), learning_curve(done)


def _measured(trained: Trained, tasks: Tasks, reading: Evaluation) -> Measured:
    raw, x = tasks.made.planned.raw, as_float(tasks.made.features)
    tests = tasks.made.manifests["manifest_test"]
    return measure(trained, x, raw.y, tests, raw.groups, reading, tasks.key)


def _result(
    job: Job,
    found: Measured,
    trained: Trained,
    curve: Sequence[Mapping[str, float]],
    names: Sequence[str],
) -> Result:
    """What the report reads of a result, as its files would have it."""
    cells = zip(*np.nonzero(found.confusion), strict=True)
    return Result(
        job.name,
        job.arm,
        found.accuracies,
        found.figures,
        [_texts(point._asdict()) for point in found.curve],
        {(names[i], names[j]): float(found.confusion[i, j]) for i, j in cells},
        trained.card,
        found.devices,
        found.cost,
        [_texts(row) for row in curve],
        {},
    )


def _texts(row: Mapping[str, object]) -> dict[str, str]:
    """Cells as a CSV file has them: NaN is an empty one."""
    return {name: "" if value != value else str(value) for name, value in row.items()}
