"""What every learner, of either arm, must do."""

from functools import cache

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from fewqubit.meta import LEARNERS as REGISTRY
from fewqubit.meta import MetaLearner, accuracy, build_learner
from fewqubit.models.network import Params
from meta.conftest import EVERY, FEATURES, LEARNERS, N_WAY, clusters

every = pytest.mark.parametrize(("name", "arm"), EVERY)


@cache
def started(name: str, arm: str) -> tuple[MetaLearner, Params]:
    """The compiled learner and its parameters after a few steps on clusters."""
    learner = build_learner(LEARNERS[name], arm, (FEATURES,), N_WAY)
    learner = learner._replace(
        step=jax.jit(learner.step), adapt=jax.jit(learner.adapt), predict=jax.jit(learner.predict)
    )
    state = jax.jit(learner.init)(jax.random.key(0))
    for number in range(10):
        keys = jax.random.split(jax.random.fold_in(jax.random.key(1), number), 4)
        state, _ = learner.step(keys[0], state, jax.vmap(clusters)(keys))
    return learner, state.params


def test_every_kind_is_here() -> None:
    assert {settings.kind for settings in LEARNERS.values()} == set(REGISTRY)


@every
def test_learns_separated_clusters(name: str, arm: str) -> None:
    learner, params = started(name, arm)
    tasks = jax.vmap(clusters)(jax.random.split(jax.random.key(2), 30))

    def score(task: tuple) -> jax.Array:
        adapted = learner.adapt(params, task.support_x, task.support_y)
        return accuracy(learner.predict(adapted, task.query_x), task.query_y)

    assert jax.jit(jax.vmap(score))(tasks).mean() > 1 / N_WAY + 0.25


@every
def test_knows_nothing_without_support(name: str, arm: str) -> None:
    learner, params = started(name, arm)
    task = clusters(jax.random.key(3))
    adapted = learner.adapt(params, task.support_x[:0], task.support_y[:0])
    logits = learner.predict(adapted, task.query_x)
    np.testing.assert_allclose(logits, logits[:, :1].repeat(N_WAY, 1), atol=1e-6)
    np.testing.assert_allclose(accuracy(logits, task.query_y), 1 / N_WAY, rtol=1e-6)


@every
def test_order_of_the_support_changes_nothing(name: str, arm: str) -> None:
    learner, params = started(name, arm)
    task, order = clusters(jax.random.key(4)), jnp.array([5, 0, 3, 1, 4, 2])
    straight = learner.predict(learner.adapt(params, task.support_x, task.support_y), task.query_x)
    shuffled = learner.predict(
        learner.adapt(params, task.support_x[order], task.support_y[order]), task.query_x
    )
    np.testing.assert_allclose(straight, shuffled, rtol=2e-3, atol=2e-3)


@every
def test_other_labels_give_the_same_answers_under_other_names(name: str, arm: str) -> None:
    learner, params = started(name, arm)
    task, renamed = clusters(jax.random.key(6)), jnp.array([2, 0, 1])
    straight = learner.predict(learner.adapt(params, task.support_x, task.support_y), task.query_x)
    other = learner.predict(
        learner.adapt(params, task.support_x, renamed[task.support_y]), task.query_x
    )
    np.testing.assert_allclose(straight, other[:, renamed], rtol=2e-3, atol=2e-3)


@every
def test_a_query_is_answered_alone(name: str, arm: str) -> None:
    learner, params = started(name, arm)
    task = clusters(jax.random.key(7))
    adapted = learner.adapt(params, task.support_x, task.support_y)
    together = learner.predict(adapted, task.query_x)
    alone = learner.predict(adapted, task.query_x[3:4])
    np.testing.assert_allclose(together[3:4], alone, rtol=1e-4, atol=1e-4)


@every
def test_permuted_support_labels_give_chance(name: str, arm: str) -> None:
    learner, params = started(name, arm)
    keys = jax.random.split(jax.random.key(8), 400)

    def score(key: jax.Array) -> jax.Array:
        task = clusters(key)
        wrong = jax.random.permutation(jax.random.fold_in(key, 1), task.support_y)
        logits = learner.predict(learner.adapt(params, task.support_x, wrong), task.query_x)
        return accuracy(logits, task.query_y)

    scores = jax.jit(jax.vmap(score))(keys)
    error = scores.std(ddof=1) / np.sqrt(len(scores))
    assert abs(scores.mean() - 1 / N_WAY) < 4 * error


@every
def test_takes_tasks_of_other_sizes_with_the_same_parameters(name: str, arm: str) -> None:
    _, params = started(name, arm)
    learner = build_learner(LEARNERS[name], arm, (FEATURES,), 5)
    task = clusters(jax.random.key(9), n_way=5, n_shot=1)
    logits = learner.predict(learner.adapt(params, task.support_x, task.support_y), task.query_x)
    assert logits.shape == (len(task.query_x), 5)
    assert jnp.isfinite(logits).all()
