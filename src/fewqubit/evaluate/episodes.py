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
from fewqubit.meta import MetaLearner, build_path
from fewqubit.tasks import Episode, gather
from fewqubit.trained import Trained

AT_ONCE = 20  # episodes whose states are in memory together
CURVE_EPISODES = 100  # of the manifest, for the adaptation curves
STEPS = (0, 1, 2, 5, 10, 20, 50)  # of gradient adaptation at which the curve is read

# (episodes, whether their support labels are permuted) -> logits [seeds, episodes, …, q, n_way]
Answer = Callable[[Episode, bool], np.ndarray]


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
    device_x, truth = jnp.asarray(x), gather(manifest, y).query_y[None]  # one axis for all seeds
    answer = _answering(trained.learner, trained, device_x, key)
    after = answer(manifest, False)
    before, permuted = answer(_without_support(manifest), False), answer(manifest, True)
    accuracies = Accuracies(*(tie_accuracy(part, truth) for part in (before, after, permuted)))
    some = Episode(*(part[:CURVE_EPISODES] for part in manifest))
    curve = _shots_curve(answer, y, some, accuracies, stream(key, "shots"))
    n_way = manifest.class_ids.shape[1]
    path = build_path(trained.settings, trained.arm, trained.card["feature_shape"], n_way, STEPS)
    if path is not None:
        curve += _steps_curve(_answering(path, trained, device_x, key), y, some)
    counts = confusion(answers(after).sum(0), truth[0], manifest.class_ids, int(y.max()) + 1)
    return Evaluated(accuracies, curve, counts)


def _answering(learner: MetaLearner, trained: Trained, x: Array, key: PRNGKeyArray) -> Answer:
    """How ``learner`` answers episodes with every seed's parameters; compiled once for a shape."""

    @jax.jit
    def logits(params: Array, x: Array, episodes: Episode, permute: Array) -> Array:
        def one(place: tuple[Array, Array, Episode]) -> Array:
            seed, number, episode = place
            task, own = gather(episode, x), jax.tree.map(lambda leaf: leaf[seed], params)
            wrong = jax.random.permutation(stream(key, "permuted", seed, number), task.support_y)
            labels = jnp.where(permute, wrong, task.support_y)
            return learner.predict(learner.adapt(own, task.support_x, labels), task.query_x)

        def one_seed(seed: Array) -> Array:
            numbers = jnp.arange(len(episodes.class_ids))
            seeds = jnp.full(len(numbers), seed)
            return jax.lax.map(one, (seeds, numbers, episodes), batch_size=AT_ONCE)

        return jax.lax.map(one_seed, jnp.arange(trained.n_seeds))

    return lambda episodes, permute: np.asarray(
        logits(trained.params, x, episodes, jnp.asarray(permute))
    )


def _without_support(manifest: Episode) -> Episode:
    """The same episodes with nothing labelled: what a learner knows before adaptation."""
    return manifest._replace(support_rows=manifest.support_rows[:, :0])


def _shots_curve(
    answer: Answer, y: np.ndarray, some: Episode, known: Accuracies, key: PRNGKeyArray
) -> list[AdaptationPoint]:
    """Accuracy against labelled examples of each class; none is before adaptation."""
    truth, nested = gather(some, y).query_y[None], nested_support(key, some, y)
    n_shot = some.support_rows.shape[1] // some.class_ids.shape[1]
    curve = {0: known.before[:, : len(nested)], n_shot: known.after[:, : len(nested)]}
    for n in SHOTS:
        if n <= nested.shape[-1] and n not in curve:
            curve[n] = tie_accuracy(answer(shots(some, nested, n), False), truth)
    return [
        AdaptationPoint("shots", n, seed, float(accuracy))
        for n, accuracies in sorted(curve.items())
        for seed, accuracy in enumerate(accuracies.mean(-1))
    ]


def _steps_curve(answer: Answer, y: np.ndarray, some: Episode) -> list[AdaptationPoint]:
    """Accuracy against steps of gradient adaptation."""
    truth = gather(some, y).query_y[None, :, None]
    accuracies = tie_accuracy(answer(some, False), truth).mean(1)
    return [
        AdaptationPoint("steps", n, seed, float(accuracy))
        for n, by_seed in zip(STEPS, accuracies.T, strict=True)
        for seed, accuracy in enumerate(by_seed)
    ]
