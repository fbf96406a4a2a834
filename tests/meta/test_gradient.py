"""MAML's gradients against finite differences and against the plain gradient."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from fewqubit.meta import cross_entropy
from fewqubit.meta.gradient import GradientAdaptation, gradient_adaptation
from fewqubit.models.network import Params
from fewqubit.models.qann import build_qann
from meta.conftest import FEATURES, LEARNERS, N_WAY, clusters


def adaptation(steps: int, first_order: bool = False, rate: float = 0.4) -> GradientAdaptation:
    settings = LEARNERS["maml"]
    model = build_qann(settings.encoder, settings.circuit, (FEATURES,), "quantum")
    return gradient_adaptation(model, 2, N_WAY, steps, rate, first_order)


def query_loss(maml: GradientAdaptation, params: Params) -> jax.Array:
    task = clusters(jax.random.key(1))
    adapted = maml.adapt(params, task.support_x, task.support_y)
    return cross_entropy(maml.predict(adapted, task.query_x), task.query_y)


def directional(maml: GradientAdaptation, params: Params, direction: Params, h: float) -> jax.Array:
    def moved(sign: int) -> jax.Array:
        return query_loss(maml, jax.tree.map(lambda p, d: p + sign * h * d, params, direction))

    return (moved(1) - moved(-1)) / (2 * h)


def inner(left: Params, right: Params) -> jax.Array:
    return sum(jax.tree.leaves(jax.tree.map(lambda a, b: (a * b).sum(), left, right)))


@pytest.mark.parametrize("steps", [1, 3])
def test_second_order_meta_gradient_equals_finite_differences(steps: int) -> None:
    maml = adaptation(steps)
    params = maml.init_params(jax.random.key(0))
    direction = jax.tree.map(lambda p: jax.random.normal(jax.random.key(p.size), p.shape), params)
    exact = inner(jax.grad(lambda p: query_loss(maml, p))(params), direction)
    np.testing.assert_allclose(exact, directional(maml, params, direction, 1e-2), rtol=2e-2)


def test_first_order_drops_the_second_derivatives() -> None:
    full, first = adaptation(3), adaptation(3, first_order=True)
    params = full.init_params(jax.random.key(0))
    np.testing.assert_allclose(query_loss(full, params), query_loss(first, params), rtol=1e-6)
    gradients = [
        jax.grad(lambda p, m=m: query_loss(m, p))(params)["circuit"] for m in (full, first)
    ]
    assert jnp.abs(gradients[0] - gradients[1]).max() > 1e-4


def test_zero_inner_steps_is_the_plain_gradient() -> None:
    maml, task = adaptation(0), clusters(jax.random.key(1))
    params = maml.init_params(jax.random.key(0))

    def plain(params: Params) -> jax.Array:
        column = params["head"]["column"]
        head = {"weights": jnp.stack([column] * N_WAY, axis=1), "bias": jnp.zeros(N_WAY)}
        return cross_entropy(maml.predict({**params, "head": head}, task.query_x), task.query_y)

    meta = jax.grad(lambda p: query_loss(maml, p))(params)
    jax.tree.map(
        lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-7),
        meta,
        jax.grad(plain)(params),
    )


def test_one_inner_step_is_gradient_descent_on_the_support() -> None:
    maml, start, task = adaptation(1, rate=0.1), adaptation(0), clusters(jax.random.key(1))
    params = maml.init_params(jax.random.key(0))
    begun = start.adapt(params, task.support_x, task.support_y)

    def loss(params: Params) -> jax.Array:
        return cross_entropy(maml.predict(params, task.support_x), task.support_y)

    expected = jax.tree.map(lambda p, g: p - 0.1 * g, begun, jax.grad(loss)(begun))
    found = maml.adapt(params, task.support_x, task.support_y)
    jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, atol=1e-6), found, expected)


def test_the_path_leads_from_the_start_to_where_adaptation_ends() -> None:
    maml, none, task = adaptation(3), adaptation(0), clusters(jax.random.key(1))
    params = maml.init_params(jax.random.key(0))
    along = maml.path.adapt(params, task.support_x, task.support_y, (0, 3))
    ends = [a.adapt(params, task.support_x, task.support_y) for a in (none, maml)]
    for place, end in enumerate(ends):
        jax.tree.map(lambda a, b, i=place: np.testing.assert_allclose(a[i], b), along, end)
    assert maml.path.steps == 3
