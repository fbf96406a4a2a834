"""A support filled up to a size gives the answers of the support alone, by every learner and arm.

Further rows have the label −1, further classes no row: what serves models fills up with both, so
that it compiles for a few shapes (``fewqubit.predict.served.adapting``).
"""

from functools import cache

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import log_softmax

from fewqubit.meta import MetaLearner, build_learner
from fewqubit.meta.target import cross_entropy, is_labelled, support_entropy
from fewqubit.models.network import Params
from meta.conftest import EVERY, FEATURES, LEARNERS, N_WAY, clusters

ROWS, CLASSES = 9, 5  # filled up to
TASK = clusters(4)
WITH_SLOPE = jax.jit(jax.value_and_grad(support_entropy))
X, Y, QUERIES = TASK.support_x[0], TASK.support_y[0], TASK.query_x[0]


@cache
def built(name: str, arm: str, n_way: int) -> MetaLearner:
    return build_learner(LEARNERS[name], arm, (FEATURES,), n_way)


def logits(name: str, arm: str, n_way: int, x: jax.Array, y: jax.Array) -> np.ndarray:
    """Of parameters of which none is 0, in programs as a server has them."""
    learner = built(name, arm, n_way)
    start = learner.init(jax.random.key(0)).params
    params = jax.tree.map(lambda leaf: leaf + 0.05 * jnp.cos(3 * leaf + 1), start)

    def answer(params: Params, x: jax.Array, y: jax.Array) -> jax.Array:
        return learner.predict(learner.adapt(params, x, y), QUERIES)

    return np.asarray(jax.jit(answer)(params, x, y))


@pytest.mark.parametrize(("name", "arm"), EVERY)
def test_filling_up_changes_no_answer(name: str, arm: str) -> None:
    """Within 10⁻⁶ as probabilities; logits up to the rounding of single precision."""
    assert LEARNERS[name].pads
    alone, filled = logits(name, arm, N_WAY, X, Y), logits(name, arm, CLASSES, *filled_up())
    filled = filled[:, :N_WAY]
    np.testing.assert_allclose(filled, alone, atol=5e-6 * max(1, np.abs(alone).max()))
    np.testing.assert_allclose(shares(filled), shares(alone), atol=1e-6)


def shares(logits: np.ndarray) -> np.ndarray:
    return np.asarray(jax.nn.softmax(logits))


def filled_up() -> tuple[jax.Array, jax.Array]:
    """The support among rows of no class, first and last, whose features are of no class either."""
    more = ROWS - len(Y)
    x = jnp.concatenate([X[:1] + 1.0, X, 2 * X[: more - 1]])
    return x, jnp.concatenate([jnp.array([-1]), Y, jnp.full(more - 1, -1)])


def test_a_support_of_no_row_has_no_loss_and_moves_nothing() -> None:
    none = jnp.zeros((0, N_WAY)), jnp.zeros(0, int)
    assert support_entropy(*none) == cross_entropy(*none) == 0
    assert not is_labelled(none[1]).size


@given(st.lists(st.integers(-1, 4), min_size=8, max_size=8).filter(lambda y: max(y) >= 0))
def test_the_loss_of_a_support_is_the_cross_entropy_of_what_is_labelled(y: list[int]) -> None:
    """Rows and classes of which it says nothing taken away by hand; its slope is 0 there."""
    given, random = np.array(y), np.random.default_rng(0)
    logits = 3 * random.normal(size=(len(y), 5)).astype(np.float32)
    rows, classes = np.flatnonzero(given >= 0), np.unique(given[given >= 0])
    known = log_softmax(logits[np.ix_(rows, classes)], axis=1)
    by_hand = -known[np.arange(len(rows)), np.searchsorted(classes, given[rows])].mean()
    loss, slope = WITH_SLOPE(jnp.asarray(logits), jnp.asarray(given))
    np.testing.assert_allclose(loss, by_hand, rtol=1e-5, atol=1e-6)
    others = np.ones((len(y), 5), bool)
    others[np.ix_(rows, classes)] = False
    np.testing.assert_allclose(np.asarray(slope)[others], 0, atol=1e-7)


def test_numbers_are_always_an_answer() -> None:
    assert is_labelled(jnp.full((3, 2), -1.0)).all()
