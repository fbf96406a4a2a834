"""A trained learner on the frozen test episodes: before, after, and with permuted labels."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, PRNGKeyArray

from fewqubit.config import Evaluation
from fewqubit.evaluate.results import (
    Accuracies,
    AdaptationPoint,
    class_accuracy,
    confusion,
    tie_accuracy,
)
from fewqubit.evaluate.shots import nested_support, shots
from fewqubit.io.finite import check_finite
from fewqubit.keys import stream
from fewqubit.meta import Adapted, MetaLearner
from fewqubit.models.network import Params
from fewqubit.predict.trained import Trained
from fewqubit.tasks import Episode, first_episodes, gather
from fewqubit.tasks.answers import shares

AT_ONCE = 20  # episodes whose states are in memory together
PLACES = ("seed", "episode", "step looked at", "query", "class")  # axes of an answer
STEPS = (0, 1, 2, 5, 10, 20, 50)  # of gradient adaptation at which the curve is read

# (episodes, whether their support labels are permuted)
#   -> logits [seeds, episodes, steps at which adaptation is looked at, q, n_way]
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
    reading: Evaluation,
    key: PRNGKeyArray,
) -> Evaluated:
    """Adapt every seed to every episode's support and answer its queries, each alone.

    Raises NumbersError: an answer is NaN or infinite.

    ``key`` permutes the support labels of the honesty check and draws the curve's extra shots.
    """
    at = looked_at(trained.learner)
    truth = gather(manifest, y).query_y[None, :, None]  # one axis for all seeds, one for all steps
    answer = answering(trained, at, jnp.asarray(x), key)
    along, permuted = answer(manifest, False), answer(manifest, True)
    if trained.learner.path is None:
        before = answer(without_support(manifest), False)
    else:  # no step: nothing seen of the support, and nothing to compile for it
        before = along[:, :, :1]
    scores = [tie_accuracy(logits, truth) for logits in (before, along, permuted)]
    by_class = class_accuracy(along[:, :, -1], truth[:, :, 0])
    first, last, fallen = (score[..., -1] for score in scores)
    accuracies = Accuracies(first, last, fallen, by_class)
    curve = _shots_curve(answer, x, y, manifest, accuracies, reading, stream(key, "shots"))
    if trained.learner.path is not None:
        curve += steps_curve(at, scores[1])
    given = shares(along[:, :, -1]).sum(0)
    counts = confusion(given, truth[0, :, 0], manifest.class_ids, int(y.max()) + 1)
    return Evaluated(accuracies, curve, counts)


def looked_at(learner: MetaLearner) -> tuple[int, ...]:
    """After which steps adaptation is looked at: the last is where it ends."""
    if learner.path is None:
        return (1,)  # a closed form is there at once
    return (*(n for n in STEPS if n < learner.path.steps), learner.path.steps)


def answering(
    trained: Trained,
    at: Sequence[int],
    x: Array,
    key: PRNGKeyArray,
    targets: Float[Array, "N n_outputs"] | None = None,
) -> Answer:
    """How every seed answers episodes; compiled once for a size of support.

    ``targets``: numbers of the rows, where these are asked for.
    """
    learner = trained.learner
    predict = jax.vmap(learner.predict, in_axes=(0, None))

    def adapt(params: Params, support_x: Array, support_y: Array) -> Adapted:
        if learner.path is not None:
            return learner.path.adapt(params, support_x, support_y, at)
        return jax.tree.map(lambda leaf: leaf[None], learner.adapt(params, support_x, support_y))

    @jax.jit
    def logits(params: Params, x: Array, episodes: Episode, permute: Array) -> Array:
        def one(place: tuple[Array, Array, Episode]) -> Array:
            seed, number, episode = place
            task, own = gather(episode, x, targets), jax.tree.map(lambda leaf: leaf[seed], params)
            wrong = jax.random.permutation(stream(key, "permuted", seed, number), task.support_y)
            labels = jnp.where(permute, wrong, task.support_y)
            return predict(adapt(own, task.support_x, labels), task.query_x)

        def one_seed(seed: Array) -> Array:
            numbers = jnp.arange(len(episodes.class_ids))
            seeds = jnp.full(len(numbers), seed)
            return jax.lax.map(one, (seeds, numbers, episodes), batch_size=AT_ONCE)

        return jax.lax.map(one_seed, jnp.arange(trained.n_seeds))

    def answer(episodes: Episode, permute: bool) -> np.ndarray:
        given = np.asarray(logits(trained.params, x, episodes, jnp.asarray(permute)))
        check_finite(given, "the answers", PLACES, "its adaptation diverged: lower inner_lr")
        return given

    return answer


def without_support(manifest: Episode) -> Episode:
    """The same episodes with nothing labelled: what a learner knows before adaptation."""
    return manifest._replace(support_rows=manifest.support_rows[:, :0])


def _shots_curve(
    answer: Answer,
    x: np.ndarray,
    y: np.ndarray,
    manifest: Episode,
    known: Accuracies,
    reading: Evaluation,
    key: PRNGKeyArray,
) -> list[AdaptationPoint]:
    """Accuracy against labelled examples of each class; none is before adaptation."""
    some = first_episodes(manifest, reading.curve_episodes)
    truth, nested = (
        gather(some, y).query_y[None],
        nested_support(key, some, x, y, reading.curve_shots),
    )
    n_shot = some.support_rows.shape[1] // some.class_ids.shape[1]
    curve = {0: known.before[:, : len(nested)], n_shot: known.after[:, : len(nested)]}
    for n in set(reading.curve_shots) - {n_shot}:
        if n <= nested.shape[-1]:
            curve[n] = tie_accuracy(answer(shots(some, nested, n), False)[:, :, -1], truth)
    return [
        AdaptationPoint("shots", n, seed, float(accuracy))
        for n, accuracies in sorted(curve.items())
        for seed, accuracy in enumerate(accuracies.mean(-1))
    ]


def steps_curve(
    at: Sequence[int], accuracies: Float[np.ndarray, "seeds episodes steps"]
) -> list[AdaptationPoint]:
    """Accuracy against steps of gradient adaptation."""
    return [
        AdaptationPoint("steps", n, seed, float(accuracy))
        for n, by_seed in zip(at, accuracies.mean(1).T, strict=True)
        for seed, accuracy in enumerate(by_seed)
    ]
