"""A trained learner on the frozen test episodes: before, after, and with permuted labels."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Literal, NamedTuple

import jax
import numpy as np
from jaxtyping import Float, Int, PRNGKeyArray

from fewqubit.base.io.finite import check_finite
from fewqubit.base.keys import stream
from fewqubit.evaluate.answering.subject import Ask, Subject, here, pieces_of
from fewqubit.evaluate.results import (
    Accuracies,
    AdaptationPoint,
    class_accuracy,
    confusion,
    tie_accuracy,
)
from fewqubit.evaluate.shots import nested_support, shots
from fewqubit.meta import MetaLearner
from fewqubit.meta.answers import Answering, Known, answers_of, rows_in
from fewqubit.tasks import Episode, first_episodes, gather
from fewqubit.tasks.answers import shares

AT_ONCE = 20  # episodes per batch, which bounds memory
PIECE = 100  # episodes per job; a multiple of AT_ONCE
PLACES = ("seed", "episode", "step looked at", "query", "class")  # axes of an answer
STEPS = (0, 1, 2, 5, 10, 20, 50)  # of gradient adaptation at which the curve is read

Answer = Callable[..., np.ndarray]  # ``answered`` without its first argument


class Asked(NamedTuple):
    """Episodes with their numbers in the manifest, and how they are to be answered.

    at:       steps of adaptation after which queries are answered
    permute:  whether support labels are permuted
    """

    episodes: Episode
    numbers: Int[np.ndarray, " E"]
    at: Sequence[int]
    permute: bool


class Evaluated(NamedTuple):
    """Results of a learner on the test episodes.

    accuracies:  accuracy of each seed in each episode
    curve:       accuracy by gradient steps and by shots per class
    confusion:   answers by true and predicted class, summed over seeds and episodes
    """

    accuracies: Accuracies
    curve: list[AdaptationPoint]
    confusion: Float[np.ndarray, "true predicted"]


def evaluate(
    subject: Subject, y: Int[np.ndarray, " N"], manifest: Episode, ask: Ask | None = None
) -> Evaluated:
    """Adapt every seed to every episode's support and answer each query independently.

    Raises NumbersError: an answer is NaN or infinite.

    The subject's key permutes support labels for the honesty check and draws the curve's shots.
    """
    at, path = looked_at(subject.trained.learner), subject.trained.learner.path
    end = at[-1:]
    truth = np.asarray(gather(manifest, y).query_y)[None, :, None]  # of all seeds and steps
    answer = partial(answered, ask or here(subject))
    # with a path, step 0 has not used the support, so no second program is compiled
    along = answer(manifest, (0, *end) if path else end)
    before = along[:, :, :1] if path else answer(without_support(manifest), end)
    permuted = answer(manifest, end, permute=True)
    scores = [tie_accuracy(logits, truth) for logits in (before, along, permuted)]
    by_class = class_accuracy(along[:, :, -1], truth[:, :, 0])
    first, last, fallen = (score[..., -1] for score in scores)
    accuracies = Accuracies(first, last, fallen, by_class)
    curve = _shots_curve(answer, subject, y, manifest, accuracies)
    if path is not None:
        curve += _steps_curve(answer, subject, y, manifest, accuracies)
    given = shares(along[:, :, -1]).sum(0)
    counts = confusion(given, truth[0, :, 0], manifest.class_ids, int(y.max()) + 1)
    return Evaluated(accuracies, curve, counts)


def looked_at(learner: MetaLearner) -> tuple[int, ...]:
    """The steps after which adaptation is evaluated; the last is its end."""
    if learner.path is None:
        return (1,)  # a closed form takes one step
    return (*(n for n in STEPS if n < learner.path.steps), learner.path.steps)


def answered(
    ask: Ask, episodes: Episode, at: Sequence[int], *, permute: bool = False
) -> np.ndarray:
    """Answers of every seed by ``ask``: [seeds, episodes, steps in ``at``, queries, classes]."""
    pieces = [Asked(*piece, at, permute) for piece in pieces_of(episodes, PIECE, AT_ONCE)]
    given = np.concatenate([*ask(simulated, (), pieces)], axis=1)[:, : len(episodes.class_ids)]
    check_finite(given, "the answers", PLACES, "its adaptation diverged: lower inner_lr")
    return given


def simulated(subject: Subject) -> Callable[[Asked], np.ndarray]:
    """Answering of episodes by every seed in simulation; compiled once per support size."""
    trained, x, _, key, targets = subject
    seeds = range(trained.n_seeds)
    answering, permuted = (
        Answering(trained.learner, AT_ONCE, len(seeds)),
        _permutation(key, len(seeds)),
    )
    known: dict[int, Known] = {}  # of each seed, what earlier pieces have embedded

    def answer(asked: Asked) -> np.ndarray:
        episodes, numbers, at, permute = asked
        labels, rows = answers_of(episodes, targets)[0], rows_in(episodes)
        of_seeds = permuted(numbers, labels) if permute else [labels] * len(seeds)
        answers = []
        for seed, own in zip(seeds, of_seeds, strict=True):
            now = answering.known(trained.of_seed(seed), x, rows, known.get(seed))
            answers.append(answering.logits(now, episodes, own, at))
            if answering.keeps(now):
                known[seed] = now
        return np.stack(answers)

    return answer


def _permutation(key: PRNGKeyArray, n_seeds: int) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    """(episode numbers, support labels) -> for every seed, the labels in random order."""
    words = np.asarray(jax.random.key_data(stream(key, "permuted")))

    def of_seed(seed: int, numbers: np.ndarray, labels: np.ndarray) -> np.ndarray:
        pairs = zip(numbers, labels, strict=True)
        return np.stack(
            [np.random.default_rng([*words, seed, n]).permutation(own) for n, own in pairs]
        )

    return lambda numbers, labels: np.stack(
        [of_seed(seed, numbers, labels) for seed in range(n_seeds)]
    )


def without_support(manifest: Episode) -> Episode:
    """The same episodes with an empty support, for answers before adaptation."""
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
    truth = np.asarray(gather(some, y).query_y)[None]
    nested = nested_support(key, some, subject.x, y, reading.curve_shots)
    n_shot = some.support_rows.shape[1] // some.class_ids.shape[1]
    curve = {0: known.before[:, : len(nested)], n_shot: known.after[:, : len(nested)]}
    for n in set(reading.curve_shots) - {n_shot}:
        if n <= nested.shape[-1]:
            end = looked_at(subject.trained.learner)[-1:]
            curve[n] = tie_accuracy(answer(shots(some, nested, n), end)[:, :, -1], truth)
    return points("shots", curve)


def _steps_curve(
    answer: Answer, subject: Subject, y: np.ndarray, manifest: Episode, known: Accuracies
) -> list[AdaptationPoint]:
    """Accuracy against steps of gradient adaptation, of the same episodes as that against shots."""
    some = first_episodes(manifest, subject.reading.curve_episodes)
    count, (*between, last) = len(some.class_ids), looked_at(subject.trained.learner)
    curve = {0: known.before[:, :count], last: known.after[:, :count]}
    if between := between[1:]:
        truth = np.asarray(gather(some, y).query_y)[None, :, None]
        scores = tie_accuracy(answer(some, between), truth)
        curve |= zip(between, np.moveaxis(scores, -1, 0), strict=True)
    return points("steps", curve)


def points(
    setting: Literal["steps", "shots"],
    curve: Mapping[int, Float[np.ndarray, "seeds episodes"]],
) -> list[AdaptationPoint]:
    """The curve of accuracies after so many steps, or of so many shots, in order."""
    return [
        AdaptationPoint(setting, n, seed, float(accuracy))
        for n, accuracies in sorted(curve.items())
        for seed, accuracy in enumerate(accuracies.mean(-1))
    ]
