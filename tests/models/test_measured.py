"""A measured model is the simulated one, but for shots."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from fewqubit.config import Circuit, Encoder
from fewqubit.errors import SettingsError
from fewqubit.models.measured import measured
from fewqubit.models.model import Model, build_model
from fewqubit.quantum.backends import Bill, exact
from fewqubit.quantum.backends.sampled import sampled

CIRCUIT = Circuit(feature_map="angle", n_qubits=3, ansatz="real_amplitudes", layers=1, readout="zz")
X = jnp.asarray(np.random.default_rng(0).normal(size=(5, 4)), jnp.float32)
SHOTS = 4000


def model(arm: object, circuit: Circuit = CIRCUIT) -> Model:
    return build_model(Encoder(kind="mlp"), circuit, (4,), arm, reads=True)


@pytest.fixture(scope="module")
def simulated() -> Model:
    return model("quantum")


@pytest.fixture(scope="module")
def params(simulated: Model) -> dict:
    return simulated.init(jax.random.key(0))


def features(of: Model, params: dict) -> jax.Array:
    return jax.vmap(of.apply, (None, 0))(params, X)


@pytest.mark.parametrize("readout", ["z", "zz", "zero"])
def test_on_the_exact_backend_nothing_changes(params: dict, readout: str) -> None:
    circuit, bills = CIRCUIT.model_copy(update={"readout": readout}), []
    device = model(measured(exact, jax.random.key(1), bills), circuit)
    here, there = model("quantum", circuit), features(device, params)
    np.testing.assert_allclose(
        jax.vmap(device.read)(there), jax.vmap(here.read)(features(here, params)), atol=1e-5
    )
    assert bills == [Bill(len(X))]


def test_kernels_are_those_of_the_states(simulated: Model, params: dict) -> None:
    device = model(measured(exact, jax.random.key(1), []))
    here, there = features(simulated, params), features(device, params)
    for view, arguments in (("kernel", ()), ("similarity", (jnp.eye(5)[:, :2],))):
        expected = getattr(simulated.geometry, view)(here, here[:5], *arguments)
        np.testing.assert_allclose(
            getattr(device.geometry, view)(there, there[:5], *arguments), expected, atol=1e-5
        )


def test_shots_are_of_the_question_and_on_the_bill(simulated: Model, params: dict) -> None:
    bills: list[Bill] = []
    device = model(measured(sampled(SHOTS), jax.random.key(1), bills))
    there = features(device, params)
    gram = device.geometry.kernel(there, there)
    np.testing.assert_array_equal(np.diag(gram), 1)
    np.testing.assert_array_equal(gram, device.geometry.kernel(there, there))
    here = features(simulated, params)
    np.testing.assert_allclose(gram, simulated.geometry.kernel(here, here), atol=5 / SHOTS**0.5)
    assert bills == [Bill(10, 10 * SHOTS)] * 2


def test_readings_have_the_exact_derivatives(simulated: Model, params: dict) -> None:
    bills: list[Bill] = []
    device = model(measured(exact, jax.random.key(1), bills))

    def gradient(of: Model) -> dict:
        def loss(params: dict) -> jax.Array:
            readings = jax.vmap(lambda x: of.read(of.apply(params, x)))(X)
            return (readings * jnp.arange(readings.shape[-1])).sum()

        return jax.jit(jax.grad(loss))(params)

    jax.tree.map(
        lambda a, b: np.testing.assert_allclose(a, b, atol=2e-4),
        gradient(simulated),
        gradient(device),
    )
    turns = device.n_inputs + 2 * CIRCUIT.n_qubits
    assert bills[-1].circuits == len(X) * (1 + 2 * turns)


def test_without_rows_there_is_nothing_to_measure(params: dict) -> None:
    device = model(measured(exact, jax.random.key(1), bills := []))
    there = features(device, params)
    assert device.geometry.kernel(there, there[:0]).shape == (5, 0)
    assert bills == []


def test_what_cannot_be_measured_is_refused() -> None:
    arm = measured(exact, jax.random.key(1), [])
    with pytest.raises(SettingsError, match="an ensemble"):
        model(arm, CIRCUIT.model_copy(update={"members": 2}))
    with pytest.raises(SettingsError, match="not trained"):
        model(arm).init(jax.random.key(0))
