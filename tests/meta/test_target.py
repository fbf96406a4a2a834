"""Regression by the same learners: its loss, its readout, its gradients, and that it learns."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from fewqubit.config import Circuit
from fewqubit.errors import SettingsError
from fewqubit.meta import (
    MetaLearner,
    build_learner,
    classification,
    cross_entropy,
    regression,
    squared_error,
)
from fewqubit.meta.gradient import GradientAdaptation, descent, gradient_adaptation
from fewqubit.meta.settings.training import Training
from fewqubit.models.model import build_model
from fewqubit.models.network import Params
from fewqubit.models.settings import Mlp
from fewqubit.tasks import Shape, Sinusoids, Task
from meta.conftest import LEARNERS

KEY, SHAPE = jax.random.key(0), Shape(1, 5, 6)
QANN = Circuit(feature_map="reuploading", n_qubits=2, bandwidth=0.4)
TRAINING = Training(steps=150, tasks_per_step=8, learning_rate=0.03)
SMALL = {"encoder": Mlp(), "circuit": QANN, "inner_lr": 0.2, "inner_steps": 3}
WAVES = Sinusoids(amplitude=(1.0, 3.0), x=(-2.0, 2.0))
REGRESSORS = [name for name in LEARNERS if hasattr(LEARNERS[name], "inner_lr") and "-" not in name]
MODEL = build_model(SMALL["encoder"], QANN, (1,), "quantum", reads=True)
TASK = Task(*(part[0] for part in WAVES.draw(KEY, SHAPE, 1)))


def built(name: str) -> MetaLearner:
    settings = LEARNERS[name].model_copy(update=SMALL | {"training": TRAINING})
    return build_learner(settings, "quantum", (1,), regression(1))


def adaptation(steps: int) -> GradientAdaptation:
    return gradient_adaptation(LEARNERS["maml"], MODEL, regression(1), steps, descent(0.05))


def query_loss(maml: GradientAdaptation, params: Params) -> jax.Array:
    adapted = maml.adapt(params, TASK.support_x, TASK.support_y)
    return squared_error(maml.predict(adapted, TASK.query_x), TASK.query_y)


def test_squared_error_is_the_mean_over_rows_and_outputs_and_zero_of_none() -> None:
    outputs, y = jnp.array([[1.0, 2.0], [3.0, 4.0]]), jnp.array([[1.0, 0.0], [0.0, 4.0]])
    assert squared_error(outputs, y) == (4 + 9) / 4
    assert regression(2).score(outputs, y) == -squared_error(outputs, y)
    assert squared_error(outputs[:0], y[:0]) == 0


def test_a_readout_of_classes_starts_from_zero_and_one_of_numbers_is_learned() -> None:
    classes, numbers = classification(3), regression(2)
    assert not jax.tree.leaves(classes.learned(KEY, 4))
    assert not any(leaf.any() for leaf in jax.tree.leaves(classes.begin({}, 4)))
    learned = numbers.learned(KEY, 4)
    assert numbers.begin(learned, 4) is learned
    for target in (classes, numbers):
        initial = target.begin(target.learned(KEY, 4), 4)
        assert initial["weights"].shape == (4, target.n_outputs)


def test_second_order_meta_gradient_of_the_error_equals_finite_differences() -> None:
    maml, h = adaptation(2), 3e-3
    params = jax.jit(maml.init_params)(KEY)
    loss = jax.jit(jax.value_and_grad(lambda p: query_loss(maml, p)))
    gradient = loss(params)[1]
    norm = jnp.sqrt(sum((leaf**2).sum() for leaf in jax.tree.leaves(gradient)))
    ends = [
        loss(jax.tree.map(lambda p, g, s=sign: p + s * h * g / norm, params, gradient))[0]
        for sign in (1, -1)
    ]
    np.testing.assert_allclose((ends[0] - ends[1]) / (2 * h), norm, rtol=1e-2)


def test_without_inner_steps_it_is_the_plain_gradient_of_the_query_error() -> None:
    maml = adaptation(0)
    params = jax.jit(maml.init_params)(KEY)

    def plain(params: Params) -> jax.Array:
        readings = jax.vmap(lambda x: MODEL.read(MODEL.apply(params, x)))(TASK.query_x)
        outputs = readings @ params["head"]["weights"] + params["head"]["bias"]
        return jnp.mean((outputs - TASK.query_y) ** 2)

    found = jax.jit(jax.grad(lambda p: query_loss(maml, p)))(params)
    expected = jax.jit(jax.grad(plain))(params)
    jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, atol=1e-5), found, expected)


def errors(learner: MetaLearner) -> Callable[[Params], tuple[jax.Array, jax.Array]]:
    """Mean error on new tasks, before adaptation and after it."""
    tasks = WAVES.draw(jax.random.key(7), SHAPE, 50)

    def both(params: Params, task: Task) -> tuple[jax.Array, jax.Array]:
        adapted = learner.adapt(params, task.support_x, task.support_y)
        return tuple(
            squared_error(learner.predict(at, task.query_x), task.query_y)
            for at in (params, adapted)
        )

    return lambda params: [part.mean() for part in jax.vmap(both, (None, 0))(params, tasks)]


@pytest.mark.parametrize("name", REGRESSORS)
def test_learns_to_adapt_to_sine_waves(name: str) -> None:
    """Meta-learned, what adaptation leaves is far less than before, and than without learning."""
    learner = built(name)

    @jax.jit
    def run(state: Params) -> tuple[list[jax.Array], list[jax.Array]]:
        def step(state: Params, number: jax.Array) -> tuple[Params, None]:
            key = jax.random.fold_in(KEY, number)
            return learner.step(key, state, WAVES.draw(key, SHAPE, 8))[0], None

        trained, _ = jax.lax.scan(step, state, jnp.arange(TRAINING.steps))
        return errors(learner)(state.params), errors(learner)(trained.params)

    start = jax.jit(learner.init)(KEY)
    (_, untrained), (before, after) = run(start)
    if name == "scratch":
        assert after == untrained < before
    else:
        assert after < 0.75 * min(before, untrained)


def test_the_rates_of_a_readout_are_learned_and_shared_by_its_outputs() -> None:
    settings = LEARNERS["metasgd"].model_copy(update=SMALL)
    learner = build_learner(settings, "quantum", (1,), regression(3))
    params = jax.eval_shape(learner.init, KEY).params
    assert params["head"]["weights"].shape == (2, 3)
    assert params["rates"]["head"]["weights"].shape == (2, 1)


def test_what_compares_classes_takes_no_numbers() -> None:
    with pytest.raises(SettingsError, match="for numbers take a learner that adapts by grad"):
        build_learner(LEARNERS["protonet"], "quantum", (1,), regression(1))


def test_a_number_means_so_many_classes() -> None:
    by_number, by_target = (
        gradient_adaptation(LEARNERS["maml"], MODEL, target, 1, descent(0.1)).target
        for target in (3, classification(3))
    )
    assert by_number.n_outputs == by_target.n_outputs == 3
    assert by_number.loss is by_target.loss is cross_entropy
