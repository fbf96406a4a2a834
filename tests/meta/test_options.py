"""What may disturb training, and what may adapt: each by what it must do and what it must not."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from fewqubit.errors import SettingsError
from fewqubit.meta import build_learner, cross_entropy
from fewqubit.meta.disturb import attacked, jittered
from fewqubit.meta.gradient import PARTS, descent, gradient_adaptation
from fewqubit.meta.outer import EmbeddedLearner, both_ways, build_optimizer, query_loss
from fewqubit.meta.settings.training import Training
from fewqubit.models.model import build_model
from fewqubit.models.network import Params
from fewqubit.models.noise import with_noise
from fewqubit.models.settings import Identity
from fewqubit.tasks import Task
from meta.conftest import ENCODER, FEATURES, LEARNERS, N_WAY, QANN, TRAINING, clusters

KEY = jax.random.key(0)
TASK = Task(*(part[0] for part in clusters(1)))
MODEL = build_model(ENCODER, QANN, (FEATURES,), "quantum", reads=True)


def test_jitter_moves_every_row_by_about_its_size_and_no_label() -> None:
    moved = jittered(KEY, TASK, 0.5)
    for before, after in ((TASK.support_x, moved.support_x), (TASK.query_x, moved.query_x)):
        assert 0.25 < float((after - before).std()) < 0.75
    np.testing.assert_array_equal(moved.support_y, TASK.support_y)


def test_an_attack_raises_the_loss_within_its_bound() -> None:
    def loss(task: Task) -> jax.Array:
        logits = task.query_x @ task.support_x[:N_WAY].T
        return cross_entropy(logits, task.query_y)

    worse = attacked(loss, TASK, 0.1)
    assert loss(worse) > loss(TASK)
    assert jnp.abs(worse.support_x - TASK.support_x).max() <= 0.1 + 1e-6
    np.testing.assert_array_equal(worse.query_x, TASK.query_x)


def apply_under(training: Training, params: Params, arm: str = "quantum") -> jax.Array:
    model = build_model(ENCODER, QANN, (FEATURES,), arm)
    noisy = with_noise(KEY, params, training.angle_noise, training.entangler_dropout)
    return jax.jit(model.apply)(noisy, TASK.support_x[0])


def test_noise_in_angles_moves_the_state_and_none_leaves_it() -> None:
    params = jax.jit(MODEL.init)(KEY)
    still = jax.jit(MODEL.apply)(params, TASK.support_x[0])
    np.testing.assert_array_equal(apply_under(TRAINING, params), still)
    noisy = apply_under(TRAINING.model_copy(update={"angle_noise": 0.3}), params)
    assert 0.3 < abs(jnp.vdot(still, noisy)) < 1 - 1e-3
    np.testing.assert_allclose(jnp.linalg.norm(noisy), 1, rtol=1e-5)


def test_dropped_entanglers_give_the_separable_state() -> None:
    params = jax.jit(MODEL.init)(KEY)
    often = TRAINING.model_copy(update={"entangler_dropout": 1 - 1e-9})
    np.testing.assert_allclose(
        apply_under(often, params), apply_under(TRAINING, params, "separable"), atol=1e-6
    )


@pytest.mark.parametrize("name", ["protonet", "fomaml", "reptile"])
def test_every_option_trains(name: str) -> None:
    options = {"jitter": 0.05, "angle_noise": 0.05, "entangler_dropout": 0.3, "adversarial": 0.02}
    training = TRAINING.model_copy(update=options)
    settings = LEARNERS[name].model_copy(update={"training": training})
    learner = build_learner(settings, "quantum", (FEATURES,), N_WAY)
    step, state = jax.jit(learner.step), jax.jit(learner.init)(KEY)
    after, info = step(jax.random.key(1), state, clusters(3, 2))
    _, other = step(jax.random.key(2), state, clusters(3, 2))
    assert jnp.isfinite(info.loss)
    assert jax.tree.structure(after.params) == jax.tree.structure(state.params)
    assert info.loss != other.loss


@pytest.mark.parametrize("adapts", PARTS)
def test_only_what_is_said_adapts(adapts: str) -> None:
    settings = LEARNERS["maml"].model_copy(update={"adapts": adapts})
    maml = gradient_adaptation(settings, MODEL, N_WAY, 3, descent(0.4))
    params = jax.jit(maml.init_params)(KEY)
    adapted = jax.jit(maml.moved)(params, TASK.support_x, TASK.support_y)
    moved = {
        part
        for part in adapted
        if part != "adapters"
        and any(
            not np.array_equal(a, b)
            for a, b in zip(
                jax.tree.leaves(adapted[part]),
                jax.tree.leaves(params[part]) or [None, None],
                strict=True,
            )
        )
    }
    assert moved == set(PARTS[adapts]) - {"adapters"}
    assert ("adapters" in adapted) == (adapts == "adapters")


def test_what_answers_has_the_changed_encoder_and_no_adapters() -> None:
    settings = LEARNERS["maml"].model_copy(update={"adapts": "adapters"})
    maml = gradient_adaptation(settings, MODEL, N_WAY, 3, descent(0.4))
    params = jax.jit(maml.init_params)(KEY)
    moved, answers = (
        jax.jit(adapt)(params, TASK.support_x, TASK.support_y) for adapt in (maml.moved, maml.adapt)
    )
    assert set(moved) - set(answers) == {"adapters"}
    predict = jax.jit(maml.predict)
    left, right = (predict(adapted, TASK.query_x) for adapted in (moved, answers))
    np.testing.assert_allclose(left, right, atol=1e-6)


def test_a_readout_learns_as_fast_as_the_square_of_its_readings() -> None:
    """From zero, by one step on a balanced support: s f at the rate α is f at the rate s² α."""

    def answers(scale: float, rate: float) -> jax.Array:
        asked = {"adapts": "readout", "reading_scale": scale}
        settings = LEARNERS["maml"].model_copy(update=asked)
        maml = gradient_adaptation(settings, MODEL, N_WAY, 1, descent(rate))
        params = jax.jit(maml.init_params)(KEY)
        adapted = jax.jit(maml.adapt)(params, TASK.support_x, TASK.support_y)
        return jax.jit(maml.predict)(adapted, TASK.query_x)

    scaled = answers(3.0, 0.1)
    np.testing.assert_allclose(scaled, answers(1.0, 0.9), rtol=1e-4, atol=1e-6)
    assert not np.allclose(scaled, answers(1.0, 0.1), rtol=0.1)


def test_one_step_on_unit_readings_compares_by_angle() -> None:
    """logit_c(q) = s² α/N (mean of cos(q, x) over class c − mean over all), of N classes."""
    asked = {"adapts": "readout", "reading_scale": 3.0, "unit_readings": True}
    settings = LEARNERS["maml"].model_copy(update=asked)
    maml = gradient_adaptation(settings, MODEL, N_WAY, 1, descent(0.1))
    params = jax.jit(maml.init_params)(KEY)
    adapted = jax.jit(maml.adapt)(params, TASK.support_x, TASK.support_y)
    found = jax.jit(maml.predict)(adapted, TASK.query_x)

    def unit(x: jax.Array) -> np.ndarray:
        readings = np.stack([MODEL.read(MODEL.apply(params, row)) for row in x])
        return readings / np.linalg.norm(readings, axis=1, keepdims=True)

    cosines, labels = unit(TASK.query_x) @ unit(TASK.support_x).T, np.asarray(TASK.support_y)
    by_class = np.stack([cosines[:, labels == c].mean(1) for c in range(N_WAY)], axis=1)
    expected = 9 * 0.1 / N_WAY * (by_class - by_class.mean(1, keepdims=True))
    np.testing.assert_allclose(found - found.mean(1, keepdims=True), expected, atol=1e-5)


def test_an_encoder_without_matrices_takes_no_adapters() -> None:
    settings = LEARNERS["maml"].model_copy(update={"adapts": "adapters", "encoder": Identity()})
    with pytest.raises(SettingsError, match="this encoder has none"):
        build_learner(settings, "quantum", (2,), N_WAY).init(KEY)


def test_the_rate_rises_to_its_full_size_and_falls_along_a_cosine() -> None:
    asked = {"steps": 12, "warmup": 4, "learning_rate": 0.5, "weight_decay": 0.0}
    optimizer = build_optimizer(TRAINING.model_copy(update=asked))
    params = {"circuit": jnp.ones(3)}
    state, sizes = optimizer.init(params), []
    for _ in range(12):  # under a gradient that never changes, Adam moves by the rate itself
        updates, state = optimizer.update(params, state, params)
        sizes.append(float(-updates["circuit"][0]))
    rising = 0.5 * np.arange(4) / 4
    falling = 0.25 * (1 + np.cos(np.pi * np.arange(8) / 8))
    np.testing.assert_allclose(sizes, [*rising, *falling], atol=1e-5)


def test_both_ways_is_the_mean_over_a_task_and_its_mirror_image() -> None:
    def loss(params: Params, task: Task) -> tuple[jax.Array, jax.Array]:
        return (task.support_x.sum() + 2 * task.query_x.sum()) * params, task.query_x

    turned = Task(TASK.query_x, TASK.query_y, TASK.support_x, TASK.support_y)
    value, logits = both_ways(loss)(jnp.float32(3), TASK)
    expected = (loss(jnp.float32(3), TASK)[0] + loss(jnp.float32(3), turned)[0]) / 2
    np.testing.assert_allclose(value, expected, rtol=1e-6)
    np.testing.assert_array_equal(logits, TASK.query_x)


@pytest.mark.parametrize("name", ["protonet", "kernel", "maml"])
def test_embedding_once_changes_nothing_of_learning_both_ways(name: str) -> None:
    asked = TRAINING.model_copy(update={"both_ways": True})
    learner = build_learner(
        LEARNERS[name].model_copy(update={"training": asked}), "quantum", (FEATURES,), N_WAY
    )
    state, tasks = jax.jit(learner.init)(KEY), clusters(2)
    loss = jax.jit(query_loss(EmbeddedLearner(learner.adapt, learner.predict), asked))
    expected = [loss(state.params, Task(*(part[k] for part in tasks)))[0] for k in range(2)]
    _, info = jax.jit(learner.step)(KEY, state, tasks)
    np.testing.assert_allclose(info.loss, np.mean(expected), rtol=1e-5, atol=2e-7)
