"""The natural gradient's metric and blocks; learned rates that start as one."""

import jax
import jax.numpy as jnp
import numpy as np

from fewqubit.meta import build_learner
from fewqubit.meta.natural import circuit_metric
from fewqubit.models.model import build_model
from fewqubit.tasks import Task
from meta.conftest import ENCODER, FEATURES, LEARNERS, N_WAY, QANN, clusters

KEY = jax.random.key(0)
TASK = Task(*(part[0] for part in clusters(1)))
ALL = jnp.ones(len(TASK.support_y), bool)


def test_far_from_curvature_the_natural_step_is_the_plain_one() -> None:
    """With a large λ, (F + λ)⁻¹ ∇ is ∇ / λ for the circuit: F does not count."""
    damping = 1e4
    settings = LEARNERS["natural"].model_copy(
        update={"damping": damping, "inner_steps": 2, "adapts": "circuit"}
    )
    natural = build_learner(settings, "quantum", (FEATURES,), N_WAY)
    params = jax.jit(natural.init)(KEY).params
    adapted = jax.jit(natural.adapt)(params, TASK.support_x, TASK.support_y)
    moved = adapted["circuit"] - params["circuit"]
    assert 0 < jnp.abs(moved).max() < 1 / damping


def test_the_metric_is_positive_and_blocks_cut_it() -> None:
    model = build_model(ENCODER, QANN, (FEATURES,), "quantum", reads=True)
    params = jax.jit(model.init)(KEY)
    whole, cut = (
        jax.jit(lambda p, b=block: circuit_metric(model, p, TASK.support_x, ALL, b))(params)
        for block in (None, 2)
    )
    np.testing.assert_allclose(np.diag(whole)[0], 0.25, atol=1e-5)  # RY on a real state
    assert np.linalg.eigvalsh(whole).min() > -1e-5
    np.testing.assert_allclose(cut[:2, :2], whole[:2, :2], atol=1e-6)
    assert not cut[:2, 2:].any()


def test_a_twin_has_the_metric_of_its_features() -> None:
    model = build_model(ENCODER, QANN, (FEATURES,), "twin", reads=True)
    params = jax.jit(model.init)(KEY)
    metric = jax.jit(lambda p: circuit_metric(model, p, TASK.support_x, ALL, 2))(params)
    jacobian = jax.jit(
        jax.vmap(
            lambda x: jax.jacfwd(lambda t: model.apply({**params, "circuit": t}, x))(
                params["circuit"]
            )
        )
    )(TASK.support_x)
    expected = np.einsum("sdv,sdw->vw", jacobian, jacobian) / len(jacobian)
    np.testing.assert_allclose(metric[2:, 2:], expected[2:, 2:], rtol=1e-4, atol=1e-6)
    assert not metric[:2, 2:].any()


def test_learned_rates_start_as_one_rate() -> None:
    rates, plain = (
        build_learner(LEARNERS[name], "quantum", (FEATURES,), N_WAY) for name in ("metasgd", "maml")
    )
    params = jax.jit(rates.init)(KEY).params
    logits = [
        jax.jit(lambda p, m=m: m.predict(m.adapt(p, *TASK[:2]), TASK.query_x))(own)
        for m, own in (
            (rates, params),
            (plain, {part: params[part] for part in params if part != "rates"}),
        )
    ]
    np.testing.assert_allclose(*logits, rtol=1e-4, atol=1e-5)
