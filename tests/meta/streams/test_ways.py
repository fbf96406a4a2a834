"""Each way against what is known of it: closed forms, counted probabilities, properties."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from fewqubit.errors import SettingsError
from fewqubit.meta.learner import MetaLearner
from fewqubit.meta.streams.ewc import held_at, no_springs, penalty_gradient
from fewqubit.meta.streams.fisher import fisher_diagonal
from fewqubit.meta.streams.gradient_projection import projected
from fewqubit.meta.streams.reservoir import Reservoir, empty, offered, recalled
from fewqubit.meta.streams.settings import GradientProjection, Replay
from fewqubit.tasks import Task
from meta.conftest import LEARNERS
from meta.streams.conftest import built

FLOATS = st.floats(-4, 4, width=32)


def test_ewc_finds_the_minimum_of_two_quadratics() -> None:
    """Of ½ (θ−b)ᵀB(θ−b) + λ/2 Σ F_i (θ−a_i)², with known F, the minimum is a linear system's."""
    a, other, b = jnp.array([1.0, -2.0]), jnp.array([0.0, 1.0]), jnp.array([3.0, 0.5])
    fisher, fisher_other, curved = (
        jnp.array([2.0, 0.5]),
        jnp.array([1.0, 4.0]),
        jnp.array([1.0, 3.0]),
    )
    springs = held_at(held_at(no_springs(a), fisher, a), fisher_other, other)
    strength, theta = 0.7, jnp.zeros(2)
    for _ in range(400):
        theta -= 0.1 * (curved * (theta - b) + penalty_gradient(springs, theta, strength))
    stiff = curved + strength * (fisher + fisher_other)
    expected = (curved * b + strength * (fisher * a + fisher_other * other)) / stiff
    np.testing.assert_allclose(theta, expected, rtol=1e-5)


def test_the_penalty_is_the_gradient_of_what_the_paper_writes() -> None:
    random = np.random.default_rng(0)
    at, fisher = random.normal(size=(2, 3, 4)), random.random(size=(3, 4)) * np.ones((2, 3, 4))
    springs = no_springs(jnp.zeros(4))
    for f, a in zip(fisher[0], at[0], strict=True):
        springs = held_at(springs, jnp.asarray(f), jnp.asarray(a))

    def penalty(theta: jax.Array) -> jax.Array:
        return 0.5 * 3.0 * (fisher[0] * (theta - at[0]) ** 2).sum()

    theta = jnp.asarray(random.normal(size=4))
    expected = jax.grad(penalty)(theta)
    np.testing.assert_allclose(penalty_gradient(springs, theta, 3.0), expected, rtol=2e-5)


def test_fisher_of_a_softmax_regression_is_its_closed_form() -> None:
    """logits = x W: F of W_dc is mean over queries of x_d² p_c (1 − p_c)."""
    random = np.random.default_rng(0)
    x, weights = random.normal(size=(5, 3)), random.normal(size=(3, 4))
    learner = MetaLearner(
        lambda key: None, lambda *_: None, lambda params, x, y: params, lambda w, q: q @ w
    )
    task = Task(jnp.zeros((1, 3)), jnp.zeros(1, int), jnp.asarray(x), jnp.zeros(5, int))
    found = fisher_diagonal(learner, jnp.asarray(weights), task)
    p = jax.nn.softmax(x @ weights)
    np.testing.assert_allclose(found, (x**2).T @ (p * (1 - p)) / 5, rtol=1e-5)


@given(arrays(np.float32, 5, elements=FLOATS), arrays(np.float32, (3, 5), elements=FLOATS))
def test_a_projected_gradient_turns_against_no_reference(g: np.ndarray, refs: np.ndarray) -> None:
    for references in (refs[:1], refs):
        turned = np.asarray(projected(jnp.asarray(g), jnp.asarray(references)))
        scale = 1 + np.abs(references).max() * np.abs(g).max()
        assert (references @ turned >= -2e-2 * scale).all()
        if (references @ g >= 0).all():
            np.testing.assert_array_equal(turned, g)


def test_projection_is_the_nearest_feasible_gradient() -> None:
    """Against SciPy's solver of the primal problem."""
    from scipy.optimize import minimize

    random = np.random.default_rng(3)
    for _ in range(5):
        g, refs = random.normal(size=4), random.normal(size=(3, 4))
        holds = {"type": "ineq", "fun": lambda z, r=refs: r @ z}
        found = minimize(lambda z, g=g: ((z - g) ** 2).sum(), np.zeros(4), constraints=[holds])
        np.testing.assert_allclose(projected(jnp.asarray(g), jnp.asarray(refs)), found.x, atol=2e-3)


def test_the_reservoir_is_uniform_over_all_tasks_seen() -> None:
    """Five places, four groups of tasks: each task is kept with probability 5/26."""
    places, offers, repeats = 5, (3, 10, 1, 12), 4000

    def one(key: jax.Array) -> jax.Array:
        memory = empty(_numbered(jnp.zeros(())), places)
        for number, n in enumerate(offers):
            start = memory.seen
            keys = jax.random.fold_in(key, number)
            key_tasks = jax.random.split(keys)[1]
            own = jax.vmap(lambda t, k=key_tasks: jax.random.fold_in(k, t))(jnp.arange(n))

            def draw(k: jax.Array, own: jax.Array = own, start: jax.Array = start) -> Task:
                which = (jax.random.key_data(own) == jax.random.key_data(k)).all(-1)
                return _numbered((start + jnp.argmax(which)).astype(float))

            memory = offered(keys, memory, draw, n)
        return memory.tasks.support_x[:, 0]

    kept = np.asarray(jax.vmap(one)(jax.random.split(jax.random.key(0), repeats))).astype(int)
    assert all(len(set(row)) == places for row in kept)
    counts, total = np.bincount(kept.ravel(), minlength=sum(offers)), sum(offers)
    chance = places / total
    sigma = np.sqrt(repeats * chance * (1 - chance))
    assert np.abs(counts - repeats * chance).max() < 4 * sigma


def test_only_places_that_were_filled_are_recalled() -> None:
    memory = offered(jax.random.key(0), empty(_numbered(jnp.ones(())), 10), _ones, 3)
    drawn = recalled(jax.random.key(1), memory, 200)
    assert isinstance(memory, Reservoir)
    assert (drawn.support_x == 1).all()


def test_a_memory_too_small_for_one_task_is_one_line() -> None:
    way = Replay(rows=1).build(built(LEARNERS["protonet"]))
    with pytest.raises(SettingsError, match="rows for one training task"):
        way.begin({}, Task(jnp.zeros((2, 4)), jnp.zeros(2), jnp.zeros((6, 4)), jnp.zeros(6)))


def test_a_learner_without_a_gradient_is_refused_in_one_line() -> None:
    with pytest.raises(SettingsError, match=r"gradient_projection.*take fine_tune"):
        GradientProjection().build(built(LEARNERS["scratch"]))


def _numbered(number: jax.Array) -> Task:
    return Task(number[None], jnp.zeros(1, int), number[None], jnp.zeros(1, int))


def _ones(key: jax.Array) -> Task:
    del key
    return _numbered(jnp.ones(()))
