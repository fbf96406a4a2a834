"""A model under noise: readings and kernels of circuits that lose what noise takes."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from fewqubit.backends import build_backend
from fewqubit.circuits.circuit import Circuit
from fewqubit.circuits.drawn import draw_up
from fewqubit.config import Device
from fewqubit.errors import SettingsError
from fewqubit.models.arms import build_body, without_entanglers
from fewqubit.models.shots import read_from_shots

PLAIN = Circuit("angle", n_qubits=2, repetitions=2, ansatz="real_amplitudes", layers=1)
ROWS = jnp.array([[0.3, 0.9], [-0.5, 0.2], [1.2, -0.4]])


def named(noise: str) -> Circuit:
    return PLAIN.model_copy(update={"noise": noise})


@pytest.mark.parametrize("arm", ["quantum", "separable", "frozen"])
def test_no_strength_is_no_noise(arm: str) -> None:
    exact, noisy = (build_body(one, arm, True) for one in (PLAIN, named("depolarizing:0.0")))
    theta = exact.init(jax.random.key(0))
    features = [jax.vmap(body.apply, (None, 0))(theta, ROWS) for body in (exact, noisy)]
    readings = [jax.vmap(b.read)(f) for b, f in zip((exact, noisy), features, strict=True)]
    np.testing.assert_allclose(*readings, atol=1e-5)
    kernels = [b.geometry.kernel(f, f) for b, f in zip((exact, noisy), features, strict=True)]
    np.testing.assert_allclose(*kernels, atol=1e-5)


def test_kernels_and_readings_are_what_the_device_measures() -> None:
    body = build_body(named("fake_manila"), "quantum", True)
    theta, shots = body.init(jax.random.key(0)), 40_000
    features = jax.vmap(body.apply, (None, 0))(theta, ROWS)
    evaluator = build_backend(Device(backend="noisy:fake_manila", shots=shots))(draw_up(PLAIN))
    seen = evaluator.gram(np.asarray(ROWS), theta, jax.random.key(1)).values
    above = np.triu_indices(len(ROWS), 1)
    kernel = body.geometry.kernel(features, features)
    np.testing.assert_allclose(kernel[above], seen[above], atol=4.5 * 0.5 / shots**0.5)
    assert (jnp.diag(kernel) < 1).all()


def test_gradients_reach_weights_and_angles() -> None:
    body = build_body(named("amplitude_damping:0.1"), "quantum", True)
    theta = body.init(jax.random.key(0))

    def total(theta: jax.Array, row: jax.Array) -> jax.Array:
        return body.read(body.apply(theta, row)).sum()

    by_theta, by_row = jax.jit(jax.grad(total, (0, 1)))(theta, ROWS[0])
    assert (jnp.abs(by_theta) > 1e-4).any()
    assert (jnp.abs(by_row) > 1e-4).any()


def test_refusals_say_what_to_do() -> None:
    with pytest.raises(SettingsError, match="expected one circuit, got an ensemble"):
        build_body(named("depolarizing:0.1").model_copy(update={"members": 2}), "quantum", True)
    with pytest.raises(SettingsError, match="leave out one of the two"):
        without_entanglers(named("depolarizing:0.1"))
    with pytest.raises(SettingsError, match="leave out one of the two"):
        read_from_shots("quantum", 10)(named("depolarizing:0.1"), True)
    with pytest.raises(SettingsError, match="noise"):
        Circuit(noise="rm -rf")
