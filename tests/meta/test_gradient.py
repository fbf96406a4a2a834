"""MAML's gradients against finite differences and against the plain gradient."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from fewqubit.meta import build_learner, cross_entropy
from fewqubit.meta.gradient import GradientAdaptation, descent, gradient_adaptation
from fewqubit.models.model import build_model
from fewqubit.models.network import Params
from fewqubit.tasks import Task
from meta.conftest import FEATURES, LEARNERS, N_WAY, clusters

MODEL = build_model(
    LEARNERS["maml"].encoder, LEARNERS["maml"].circuit, (FEATURES,), "quantum", reads=True
)
TASK = Task(*(part[0] for part in clusters(1)))


def adaptation(steps: int, first_order: bool = False, rate: float = 0.4) -> GradientAdaptation:
    return gradient_adaptation(LEARNERS["maml"], MODEL, N_WAY, steps, descent(rate), first_order)


def started() -> Params:
    return jax.jit(adaptation(0).init_params)(jax.random.key(0))


def query_loss(maml: GradientAdaptation, params: Params) -> jax.Array:
    adapted = maml.adapt(params, TASK.support_x, TASK.support_y)
    return cross_entropy(maml.predict(adapted, TASK.query_x), TASK.query_y)


def inner(left: Params, right: Params) -> jax.Array:
    return sum(jax.tree.leaves(jax.tree.map(lambda a, b: (a * b).sum(), left, right)))


def test_second_order_meta_gradient_equals_finite_differences() -> None:
    maml, params, h = adaptation(3), started(), 1e-2
    direction = jax.tree.map(lambda p: jax.random.normal(jax.random.key(p.size), p.shape), params)
    loss = jax.jit(jax.value_and_grad(lambda p: query_loss(maml, p)))
    ends = [
        loss(jax.tree.map(lambda p, d, s=sign: p + s * h * d, params, direction))[0]
        for sign in (1, -1)
    ]
    exact = inner(loss(params)[1], direction)
    np.testing.assert_allclose(exact, (ends[0] - ends[1]) / (2 * h), rtol=2e-2)


def test_first_order_drops_the_second_derivatives() -> None:
    def both(params: Params) -> list[tuple[jax.Array, Params]]:
        orders = [adaptation(3, first_order) for first_order in (False, True)]
        return [jax.value_and_grad(lambda p, m=m: query_loss(m, p))(params) for m in orders]

    values, gradients = zip(*jax.jit(both)(started()), strict=True)
    np.testing.assert_allclose(*values, rtol=1e-6)
    assert jnp.abs(gradients[0]["circuit"] - gradients[1]["circuit"]).max() > 1e-4


def test_one_inner_step_is_gradient_descent_on_the_support() -> None:
    maml, none, params = adaptation(1, rate=0.1), adaptation(0), started()
    begun = none.adapt(params, TASK.support_x, TASK.support_y)

    @jax.jit
    def expected(begun: Params) -> Params:
        def loss(params: Params) -> jax.Array:
            return cross_entropy(maml.predict(params, TASK.support_x), TASK.support_y)

        return jax.tree.map(lambda p, g: p - 0.1 * g, begun, jax.grad(loss)(begun))

    found = jax.jit(maml.adapt)(params, TASK.support_x, TASK.support_y)
    jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, atol=1e-6), found, expected(begun))


def test_the_path_leads_from_the_start_to_where_adaptation_ends() -> None:
    maml, none, params = adaptation(3), adaptation(0), started()

    @jax.jit
    def both(params: Params) -> tuple[list[Params], list[Params]]:
        support = TASK.support_x, TASK.support_y
        ends = [m.adapt(params, *support) for m in (none, maml)]
        start = maml.path.begin(params)
        half = maml.path.further(params, start, *support, 2)
        end = maml.path.further(params, half, *support, 1)
        return [params | start, params | end], ends

    jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, atol=1e-6), *both(params))
    assert maml.path.steps == 3


@pytest.mark.parametrize("name", ["maml", "natural"])
def test_tests_take_steps_and_a_rate_of_their_own(name: str) -> None:
    settings = LEARNERS[name].model_copy(update={"inner_steps": 2, "inner_lr": 0.1})
    at_test = {"test_inner_steps": 3, "test_inner_lr": 0.4}
    own, plain, expected = (
        build_learner(settings.model_copy(update=changes), "quantum", (FEATURES,), N_WAY)
        for changes in (at_test, {}, {"inner_steps": 3, "inner_lr": 0.4})
    )
    state, support = jax.jit(own.init)(jax.random.key(0)), (TASK.support_x, TASK.support_y)
    adapted = [jax.jit(one.adapt)(state.params, *support) for one in (own, expected)]
    jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, atol=1e-5), *adapted)
    asked = jax.random.key(1), state, clusters(2)
    programs = [jax.jit(one.step).lower(*asked).as_text() for one in (own, plain, expected)]
    assert programs[0] == programs[1]  # training is as it was
    assert programs[0] != programs[2]
