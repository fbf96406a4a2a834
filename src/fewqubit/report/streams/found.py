"""What the walks of one stream mean: figures with intervals, and the quantum part's verdicts."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import PRNGKeyArray

from fewqubit.base.keys import stream
from fewqubit.config import CLASSICAL_ARMS, Evaluation, Run
from fewqubit.errors import ArtifactError
from fewqubit.evaluate.intervals import distribution, episode_resamples, interval
from fewqubit.evaluate.paired import Pair, spread
from fewqubit.meta.streams.answered import Answered
from fewqubit.meta.streams.figures import NAMES, cells, weights_of
from fewqubit.report.answers import TWIN, Answer, answers
from fewqubit.report.scene import Scene
from fewqubit.stages.streams.walked import load_walk

ASKED = ("average_accuracy", "backward_transfer", "plasticity")  # in which arms are compared


class Walked(NamedTuple):
    """One walk: learner, arm and way, with its card and its answers."""

    learner: str
    arm: str
    way: str
    card: Mapping[str, Any]
    answered: Answered


class Estimate(NamedTuple):
    """A figure with its interval."""

    value: float
    low: float
    high: float


class StreamStudy(NamedTuple):
    """All walks of one stream.

    figures:   of each walk, by name
    verdicts:  of each of ``ASKED``, by learner and way: quantum against its classical arms, Holm's
               correction over them
    """

    name: str
    groups: Sequence[str]
    walks: Sequence[Walked]
    figures: Mapping[tuple[str, str, str], Mapping[str, Estimate]]
    verdicts: Mapping[str, Mapping[tuple[str, str], Answer]]


def stream_studies(
    artifacts: Path, run: Run, reading: Evaluation, key: PRNGKeyArray
) -> list[StreamStudy]:
    """What the streams of ``run`` came to. Raises ArtifactError: a walk is missing or damaged."""
    return [
        study_of(
            name, _walks(artifacts / "walked" / name, run), reading, stream(key, "stream", name)
        )
        for name in run.streams
    ]


def _walks(folder: Path, run: Run) -> list[Walked]:
    places = [(one, arm, way) for one in run.learners for way in run.ways for arm in run.arms]
    return [Walked(*place, *load_walk(folder.joinpath(*place))) for place in places]


def study_of(
    name: str, walks: Sequence[Walked], reading: Evaluation, key: PRNGKeyArray
) -> StreamStudy:
    """The figures and verdicts of walks through the same stream.

    Raises ArtifactError: they were not asked the same episodes.
    """
    asked = {tuple(one.card["asked"]) for one in walks}
    if len(asked) > 1:
        raise ArtifactError(
            f"stream '{name}': expected walks that were asked the same episodes, got {len(asked)} "
            "sets of them; run `fewqubit run` to make them again"
        )
    n_groups, _, n_episodes = walks[0].answered.before.shape
    groups = np.broadcast_to(np.arange(n_groups), (n_episodes, n_groups))
    resamples = episode_resamples(key, n_episodes, reading.resamples)
    scene = Scene(reading, key, groups, resamples, {})
    figures = {
        (one.learner, one.arm, one.way): {figure: estimate(one, figure, scene) for figure in NAMES}
        for one in walks
    }
    verdicts = {figure: _verdicts(walks, figure, scene) for figure in ASKED}
    return StreamStudy(name, walks[0].card["groups"], walks, figures, verdicts)


def estimate(one: Walked, figure: str, scene: Scene) -> Estimate:
    """A figure of one walk, with its interval over new seeds, episodes and (from ten) groups."""
    table = cells(weights_of(figure, one.answered), one.answered)
    if len(table) < 2:
        return Estimate(float(table.mean()), -np.inf, np.inf)
    groups = None if figure == "plasticity" else spread(table, scene.groups)
    mean = distribution(table.mean(-1), scene.resamples, groups)
    low, high = interval(mean, scene.reading.confidence)
    return Estimate(float(mean.estimate), float(low), float(high))


def _verdicts(walks: Sequence[Walked], figure: str, scene: Scene) -> dict[tuple[str, str], Answer]:
    """Quantum against the twin and every other classical arm, in each way of each learner.

    A slope has the groups in order, so other groups are no sample for it; its margin is that of an
    accuracy over the whole stream.
    """
    by_place = {(one.learner, one.arm, one.way): one for one in walks}
    pairs: dict[tuple[str, str], dict[str, Pair]] = {}
    for (learner, arm, way), one in by_place.items():
        quantum = by_place.get((learner, "quantum", way))
        if quantum is not None and arm in CLASSICAL_ARMS:
            pairs.setdefault((learner, way), {})[arm] = _pair(quantum, one, figure)
    asked = {name: rows for name, rows in pairs.items() if TWIN in rows}
    if figure == "plasticity":
        steps = max(len(walks[0].card["groups"]) - 1, 1)
        margin = scene.reading.margin / steps
        scene = scene._replace(reading=scene.reading.model_copy(update={"margin": margin}))
    return answers(asked, scene)


def _pair(one: Walked, other: Walked, figure: str) -> Pair:
    first, second = (cells(weights_of(figure, w.answered), w.answered) for w in (one, other))
    between = None if figure == "plasticity" else first - second
    return Pair(first.mean(-1), second.mean(-1), between)
