"""Episodes in blocks are answered as tasks are, one by one."""

import jax
import numpy as np
import pytest

from fewqubit.meta import answers, build_learner
from fewqubit.meta.answers import Answering, answers_of, episode_accuracies, rows_in
from fewqubit.tasks import Episode, TrainingData, gather
from meta.conftest import FEATURES, LEARNERS, N_WAY


def some(data: TrainingData, n: int) -> Episode:
    return Episode(*(np.asarray(part)[:n] for part in data.validation))


@pytest.mark.parametrize(
    ("name", "most"),
    [("kernel", 2**28), ("kernel", 0), ("maml", 2**28), ("anil", 2**28), ("anil", 0)],
)
def test_blocks_answer_as_tasks_do(
    training_data: TrainingData, monkeypatch: pytest.MonkeyPatch, name: str, most: int
) -> None:
    """Embedded once or in each task, in whole blocks and in one that is filled up."""
    monkeypatch.setattr(answers, "MOST_BYTES", most)
    learner, x = build_learner(LEARNERS[name], "quantum", (FEATURES,), N_WAY), training_data.x
    params, episodes = jax.jit(learner.init)(jax.random.key(0)).params, some(training_data, 5)
    answering = Answering(learner, at_once=3)
    known = answering.known(params, x, rows_in(episodes))
    assert known.embedded == (most > 0 and name != "maml")
    found = answering.logits(known, episodes, answers_of(episodes)[0], [answering.steps])

    @jax.jit
    @jax.vmap
    def one_by_one(episode: Episode) -> jax.Array:
        task = gather(episode, x)
        return learner.predict(learner.adapt(params, task.support_x, task.support_y), task.query_x)

    np.testing.assert_allclose(found[:, 0], one_by_one(episodes), atol=2e-4)


def test_what_a_seed_has_embedded_is_not_embedded_again(
    training_data: TrainingData, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Piece by piece, with rows in common; if memory does not hold them all, from the start."""
    learner, x = build_learner(LEARNERS["kernel"], "quantum", (FEATURES,), N_WAY), training_data.x
    params = jax.jit(learner.init)(jax.random.key(0)).params
    first, second = np.arange(5), np.arange(3, 9)
    answering = Answering(learner, seeds=2)
    alone = answering.known(params, x, first)
    both = answering.known(params, x, second, alone)
    whole = answering.known(params, x, np.arange(9))
    assert len(jax.tree.leaves(both.examples)[0]) == 9
    for found, expected in zip(*map(jax.tree.leaves, (both.examples, whole.examples)), strict=True):
        np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(both.places, whole.places)
    assert answering.known(params, x, np.array([1, 7]), both) is both
    size = sum(leaf.nbytes for leaf in jax.tree.leaves(alone.examples))
    monkeypatch.setattr(answers, "MOST_BYTES", 2 * size)
    assert answering.keeps(alone)
    assert not answering.keeps(both)
    anew = answering.known(params, x, second, alone)
    np.testing.assert_array_equal(np.flatnonzero(anew.places >= 0), second)


@pytest.mark.parametrize("name", ["maml", "anil"])
def test_the_way_of_an_adaptation_is_looked_at_anywhere(
    training_data: TrainingData, name: str
) -> None:
    learner = build_learner(LEARNERS[name], "twin", (FEATURES,), N_WAY)
    params, episodes = jax.jit(learner.init)(jax.random.key(0)).params, some(training_data, 2)
    answering = Answering(learner)
    known = answering.known(params, training_data.x, rows_in(episodes))
    labels = answers_of(episodes)[0]
    every = answering.logits(known, episodes, labels, range(answering.steps + 1))
    np.testing.assert_array_equal(
        every[:, [3, 1]], answering.logits(known, episodes, labels, [3, 1])
    )
    assert np.ptp(every[:, 0], axis=-1).max() < np.ptp(every[:, -1], axis=-1).max()


def test_numbers_are_scored_by_what_is_explained(training_data: TrainingData) -> None:
    episodes, targets = (
        some(training_data, 2),
        np.arange(len(training_data.x), dtype=float)[:, None],
    )
    support, query = answers_of(episodes, targets)
    np.testing.assert_array_equal(support[..., 0], episodes.support_rows)
    np.testing.assert_array_equal(query[..., 0], episodes.query_rows)


def test_every_seed_answers_with_its_own_parameters(training_data: TrainingData) -> None:
    learner = build_learner(LEARNERS["protonet"], "bypass", (FEATURES,), N_WAY)
    episodes = some(training_data, 4)
    params = jax.jit(jax.vmap(learner.init))(jax.random.split(jax.random.key(1), 2)).params
    both = episode_accuracies(Answering(learner), params, training_data.x, episodes)
    second = jax.tree.map(lambda leaf: leaf[1:], params)
    alone = episode_accuracies(Answering(learner), second, training_data.x, episodes)
    np.testing.assert_array_equal(both[1:], alone)
