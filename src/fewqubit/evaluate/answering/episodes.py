"""A trained learner on the frozen test episodes: before, after, and with permuted labels."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from fewqubit.evaluate.answering.subject import Ask, Subject, here, pieces_of
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
from fewqubit.tasks import Episode, Inputs, first_episodes, gather
from fewqubit.tasks.answers import shares

AT_ONCE = 20  # episodes whose states are in memory together
PIECE = 100  # episodes that are answered in one place; a multiple of AT_ONCE
PLACES = ("seed", "episode", "step looked at", "query", "class")  # axes of an answer
STEPS = (0, 1, 2, 5, 10, 20, 50)  # of gradient adaptation at which the curve is read

# (episodes, whether their support labels are permuted)
#   -> logits [seeds, episodes, steps at which adaptation is looked at, q, n_way]
Answer = Callable[[Episode, bool], np.ndarray]


class Asked(NamedTuple):
    """Episodes with their numbers in the manifest, and whether support labels are permuted."""

    episodes: Episode
    numbers: Int[np.ndarray, " E"]
    permute: bool


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
    subject: Subject, y: Int[np.ndarray, " N"], manifest: Episode, ask: Ask | None = None
) -> Evaluated:
    """Adapt every seed to every episode's support and answer its queries, each alone.

    Raises NumbersError: an answer is NaN or infinite.

    The subject's key permutes support labels for the honesty check and draws the curve's shots.
    """
    path = subject.trained.learner.path
    truth = gather(manifest, y).query_y[None, :, None]  # one axis for all seeds, one for all steps
    answer = partial(answered, ask or here(subject))
    along, permuted = answer(manifest, False), answer(manifest, True)
    # where there is a path, no step is nothing seen of the support, and nothing to compile for it
    before = along[:, :, :1] if path else answer(without_support(manifest), False)
    scores = [tie_accuracy(logits, truth) for logits in (before, along, permuted)]
    by_class = class_accuracy(along[:, :, -1], truth[:, :, 0])
    first, last, fallen = (score[..., -1] for score in scores)
    accuracies = Accuracies(first, last, fallen, by_class)
    curve = _shots_curve(answer, subject, y, manifest, accuracies)
    if path is not None:
        curve += steps_curve(looked_at(subject.trained.learner), scores[1])
    given = shares(along[:, :, -1]).sum(0)
    counts = confusion(given, truth[0, :, 0], manifest.class_ids, int(y.max()) + 1)
    return Evaluated(accuracies, curve, counts)


def looked_at(learner: MetaLearner) -> tuple[int, ...]:
    """The steps after which adaptation is evaluated; the last is its end."""
    if learner.path is None:
        return (1,)  # a closed form is there at once
    return (*(n for n in STEPS if n < learner.path.steps), learner.path.steps)


def answered(ask: Ask, episodes: Episode, permute: bool) -> np.ndarray:
    """What every seed answers, wherever: [seeds, episodes, steps looked at, queries, classes]."""
    pieces = [Asked(*piece, permute) for piece in pieces_of(episodes, PIECE, AT_ONCE)]
    given = np.concatenate([*ask(simulated, (), pieces)], axis=1)[:, : len(episodes.class_ids)]
    check_finite(given, "the answers", PLACES, "its adaptation diverged: lower inner_lr")
    return given


def simulated(subject: Subject) -> Callable[[Asked], np.ndarray]:
    """How every seed answers episodes; compiled once for a size of support."""
    trained, x, _, key, numbers_of = subject
    learner, rows = trained.learner, jax.tree.map(jnp.asarray, x)
    targets = None if numbers_of is None else jnp.asarray(numbers_of)
    at = looked_at(learner)
    predict = jax.vmap(learner.predict, in_axes=(0, None))

    def adapt(params: Params, support_x: Inputs, support_y: Array) -> Adapted:
        if learner.path is not None:
            return learner.path.adapt(params, support_x, support_y, at)
        return jax.tree.map(lambda leaf: leaf[None], learner.adapt(params, support_x, support_y))

    @jax.jit
    def logits(
        params: Params, x: Inputs, episodes: Episode, numbers: Array, permute: Array
    ) -> Array:
        def one(place: tuple[Array, Array, Episode]) -> Array:
            seed, number, episode = place
            task, own = gather(episode, x, targets), jax.tree.map(lambda leaf: leaf[seed], params)
            wrong = jax.random.permutation(stream(key, "permuted", seed, number), task.support_y)
            labels = jnp.where(permute, wrong, task.support_y)
            return predict(adapt(own, task.support_x, labels), task.query_x)

        def one_seed(seed: Array) -> Array:
            seeds = jnp.full(len(numbers), seed)
            return jax.lax.map(one, (seeds, numbers, episodes), batch_size=AT_ONCE)

        return jax.lax.map(one_seed, jnp.arange(trained.n_seeds))

    def answer(asked: Asked) -> np.ndarray:
        episodes, numbers, permute = asked
        asked_of = rows, episodes, jnp.asarray(numbers), jnp.asarray(permute)
        return np.asarray(logits(trained.params, *asked_of))

    return answer


def without_support(manifest: Episode) -> Episode:
    """The same episodes with an empty support: what a learner knows before adaptation."""
    return manifest._replace(support_rows=manifest.support_rows[:, :0])


def _shots_curve(
    answer: Answer,
    subject: Subject,
    y: np.ndarray,
    manifest: Episode,
    known: Accuracies,
) -> list[AdaptationPoint]:
    """Accuracy against the number of labelled examples per class; 0 is before adaptation."""
    reading, key = subject.reading, stream(subject.key, "shots")
    some = first_episodes(manifest, reading.curve_episodes)
    truth = gather(some, y).query_y[None]
    nested = nested_support(key, some, subject.x, y, reading.curve_shots)
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
