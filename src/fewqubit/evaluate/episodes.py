"""A trained learner on the frozen test episodes: before, after, and with permuted labels."""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, PRNGKeyArray

from fewqubit.evaluate.results import (
    Accuracies,
    AdaptationPoint,
    answers,
    confusion,
    tie_accuracy,
)
from fewqubit.evaluate.shots import SHOTS, nested_support, shots
from fewqubit.keys import stream
from fewqubit.meta import MetaLearner, build_learner
from fewqubit.tasks import Episode, Task, gather
from fewqubit.trained import Trained

AT_ONCE = 20  # episodes whose states are in memory together
CURVE_EPISODES = 100  # of the manifest, for the adaptation curves
STEPS = (1, 2, 5, 10, 20, 50)  # of gradient adaptation at which the curve is read

Relabel = Callable[[Array, PRNGKeyArray], Array]


class Evaluated(NamedTuple):
    """What a learner did on the test episodes.

    accuracies:  of each seed in each episode
    curve:       accuracy against gradient steps and shots per class
    confusion:   answers by true and answered class, summed over seeds and episodes
    """

    accuracies: Accuracies
    curve: list[AdaptationPoint]
    confusion: Float[np.ndarray, "true predicted"]


def evaluate(
    trained: Trained,
    x: Float[np.ndarray, "N *feature"],
    y: Int[np.ndarray, " N"],
    manifest: Episode,
    key: PRNGKeyArray,
) -> Evaluated:
    """Adapt every seed to every episode's support and answer its queries, each alone.

    ``key`` permutes the support labels of the honesty check and draws the curve's extra shots.
    """
    device_x = jnp.asarray(x)
    truth = gather(manifest, y).query_y[None]  # one seed axis for all

    def score(manifest: Episode, relabel: Relabel, learner: MetaLearner) -> np.ndarray:
        return _logits(learner, trained.params, device_x, manifest, relabel, key)

    after = score(manifest, _as_given, trained.learner)
    before = score(without_support(manifest), _as_given, trained.learner)
    permuted = score(manifest, _permuted, trained.learner)
    accuracies = Accuracies(*(tie_accuracy(part, truth) for part in (before, after, permuted)))
    some = Episode(*(part[:CURVE_EPISODES] for part in manifest))
    curve = _shots_curve(trained, y, some, score, stream(key, "shots"))
    curve += _steps_curve(trained, y, some, score)
    given = answers(after).sum(axis=0)
    counts = confusion(given, truth[0], manifest.class_ids, int(y.max()) + 1)
    return Evaluated(accuracies, curve, counts)


def without_support(manifest: Episode) -> Episode:
    """The same episodes with nothing labelled: what a learner knows before adaptation."""
    return manifest._replace(support_rows=manifest.support_rows[:, :0])


def _as_given(labels: Int[Array, " s"], key: PRNGKeyArray) -> Int[Array, " s"]:
    del key
    return labels


def _permuted(labels: Int[Array, " s"], key: PRNGKeyArray) -> Int[Array, " s"]:
    return jax.random.permutation(key, labels)


def _logits(
    learner: MetaLearner,
    params: Array,
    x: Array,
    manifest: Episode,
    relabel: Relabel,
    key: PRNGKeyArray,
) -> Float[np.ndarray, "seeds episodes q n_way"]:
    """Logits of every seed for every query; each (seed, episode) relabels by its own stream."""
    numbers = jnp.arange(len(manifest.class_ids))

    def episode(params: Array, seed: Array, number: Array, task: Task) -> Array:
        labels = relabel(task.support_y, stream(key, "permuted", seed, number))
        return learner.predict(learner.adapt(params, task.support_x, labels), task.query_x)

    def one_seed(params: Array, seed: Array, x: Array) -> Array:
        def one(pair: tuple[Array, Episode]) -> Array:
            return episode(params, seed, pair[0], gather(pair[1], x))

        return jax.lax.map(one, (numbers, manifest), batch_size=AT_ONCE)

    @jax.jit
    def all_seeds(params: Array, x: Array) -> Array:
        n_seeds = len(jax.tree.leaves(params)[0])
        return jax.lax.map(lambda pair: one_seed(pair[0], pair[1], x), (params, jnp.arange(n_seeds)))

    return np.asarray(all_seeds(params, x))


Score = Callable[[Episode, Relabel, MetaLearner], np.ndarray]


def _shots_curve(
    trained: Trained, y: np.ndarray, some: Episode, score: Score, key: PRNGKeyArray
) -> list[AdaptationPoint]:
    """Accuracy against labelled examples of each class; none is before adaptation."""
    truth, nested = gather(some, y).query_y[None], nested_support(key, some, y)
    counts = [0, *(n for n in SHOTS if n <= nested.shape[-1])]
    return [
        AdaptationPoint("shots", n, seed, float(accuracy))
        for n in counts
        for seed, accuracy in enumerate(
            tie_accuracy(score(shots(some, nested, n), _as_given, trained.learner), truth).mean(-1)
        )
    ]


def _steps_curve(
    trained: Trained, y: np.ndarray, some: Episode, score: Score
) -> list[AdaptationPoint]:
    """Accuracy against steps of gradient adaptation, for the learners that adapt so."""
    steps_key = next(
        (
            k
            for k in ("test_inner_steps", "inner_steps")
            if k in type(trained.settings).model_fields
        ),
        None,
    )
    if steps_key is None:
        return []
    truth, n_way, points = gather(some, y).query_y[None], some.class_ids.shape[1], []
    for n in (0, *STEPS):
        settings = trained.settings.model_copy(update={steps_key: n})
        learner = build_learner(settings, trained.arm, trained.card["feature_shape"], n_way)
        accuracies = tie_accuracy(score(some, _as_given, learner), truth).mean(-1)
        points += [AdaptationPoint("steps", n, s, float(a)) for s, a in enumerate(accuracies)]
    return points
