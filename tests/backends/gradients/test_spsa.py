"""Random directions: right on average, and exact for one parameter of a line."""

import jax
import jax.numpy as jnp
import numpy as np

from fewqubit.backends.gradients import spsa

THETA, KEY = jnp.array([0.3, -1.0, 2.0]), jax.random.key(0)


def objective(theta, key):
    return jnp.sum(jnp.sin(theta)) + theta[0] * theta[1] + 0.1 * jax.random.normal(key)


def test_its_mean_is_the_gradient():
    truth = jax.grad(lambda t: jnp.sum(jnp.sin(t)) + t[0] * t[1])(THETA)
    found = jax.jit(jax.vmap(lambda key: spsa(objective, THETA, key)))(jax.random.split(KEY, 4000))
    error = found.std(axis=0) / np.sqrt(len(found))
    assert (jnp.abs(found.mean(axis=0) - truth) < 4 * error + 1e-2).all()  # 1e-2: c² terms


def test_a_line_in_one_parameter_is_exact_whatever_the_signs():
    found = jax.jit(lambda key: spsa(lambda theta, _: 3.0 * theta[0], jnp.array([0.5]), key))(KEY)
    np.testing.assert_allclose(found, [3.0], rtol=1e-5)


def test_it_calls_twice_for_each_direction_with_keys_of_their_own():
    keys = []
    spsa(lambda theta, key: keys.append(str(key)) or 0.0, THETA, KEY, directions=3)
    assert len(set(keys)) == 6
