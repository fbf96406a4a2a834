"""A measured model is the simulated one, but for shots."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from fewqubit.backends import Bill, build_backend
from fewqubit.backends.exact import exact
from fewqubit.backends.sampled import sampled
from fewqubit.config import Circuit, Device
from fewqubit.errors import SettingsError
from fewqubit.models.measured import measured
from fewqubit.models.model import Model, build_model
from fewqubit.models.settings import Mlp

CIRCUIT = Circuit(feature_map="angle", n_qubits=3, ansatz="real_amplitudes", layers=1, readout="zz")
X = jnp.asarray(np.random.default_rng(0).normal(size=(5, 4)), jnp.float32)
SHOTS = 4000


def model(arm: object, circuit: Circuit = CIRCUIT) -> Model:
    return build_model(Mlp(), circuit, (4,), arm, reads=True)


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
    with pytest.raises(SettingsError, match="not trained"):
        model(arm).init(jax.random.key(0))


ENSEMBLE = Circuit(
    feature_map="angle",
    bagged=["iqp"],
    members=2,
    n_qubits=2,
    ansatz="real_amplitudes",
    layers=1,
    readout="zz",
)


def ensemble(combine: str, arm: object = "quantum") -> Model:
    return model(arm, ENSEMBLE.model_copy(update={"combine": combine}))


def started(combine: str) -> dict:
    params = ensemble(combine).init(jax.random.key(2))
    if combine == "mean":
        params["circuit"]["logits"] = jnp.array([0.3, -0.5, 1.0, 0.0])
    return params


@pytest.mark.parametrize(("combine", "circuits"), [("mean", len(X)), ("concat", 4 * len(X))])
def test_an_ensemble_is_read_as_the_simulated_one(combine: str, circuits: int) -> None:
    bills: list[Bill] = []
    here = ensemble(combine)
    there = ensemble(combine, measured(exact, jax.random.key(1), bills))
    params = started(combine)
    expected = jax.vmap(here.read)(features(here, params))
    found = jax.vmap(there.read)(features(there, params))
    np.testing.assert_allclose(found, expected, atol=1e-5)
    assert sum(bill.circuits for bill in bills) == circuits
    assert there.n_readings == found.shape[1]


@pytest.mark.parametrize("combine", ["mean", "concat"])
def test_kernels_of_an_ensemble_are_those_of_the_superposed_states(combine: str) -> None:
    here = ensemble(combine)
    there = ensemble(combine, measured(exact, jax.random.key(1), []))
    params = started(combine)
    a, b = features(here, params), features(there, params)
    np.testing.assert_allclose(
        there.geometry.kernel(b, b[:2]), here.geometry.kernel(a, a[:2]), atol=1e-5
    )


def test_shots_of_an_ensemble_scatter_about_the_members_mean() -> None:
    """One row 400 times, 100 shots each: the mean is right to ten times the error of one."""
    bills: list[Bill] = []
    params, here = started("mean"), ensemble("mean")
    there = ensemble("mean", measured(sampled(100), jax.random.key(1), bills))
    expected = here.read(here.apply(params, X[0]))
    seen = jax.vmap(there.read)(jnp.tile(there.apply(params, X[0]), (400, 1)))
    assert np.abs(seen.mean(axis=0) - expected).max() < 4 / (400 * 100) ** 0.5
    assert bills == [Bill(400, 400 * 100)]


def test_an_ensemble_goes_through_transpiled_circuits_with_noise() -> None:
    bills: list[Bill] = []
    backend = build_backend(Device(backend="noisy:fake_lagos", shots=200))
    small = ONE_QUBIT.model_copy(update={"members": 2})
    there = model(measured(backend, jax.random.key(1), bills), small)
    params = model("quantum", small).init(jax.random.key(2))
    found = np.asarray(jax.vmap(there.read)(features(there, params)))
    assert found.shape == (5, 1)
    assert np.abs(found).max() <= 1
    assert bills[0].circuits == 5
    assert bills[0].two_qubit_gates


ONE_QUBIT = Circuit(feature_map="angle", n_qubits=1, ansatz="real_amplitudes", layers=0)


def test_the_shares_of_an_ensemble_have_derivatives_on_a_device() -> None:
    small = ONE_QUBIT.model_copy(update={"members": 2})
    here, there = model("quantum", small), model(measured(exact, jax.random.key(1), []), small)
    params = here.init(jax.random.key(2))

    def gradient(of: Model) -> dict:
        def loss(params: dict) -> jax.Array:
            return jax.vmap(lambda x: of.read(of.apply(params, x)))(X).sum()

        return jax.jit(jax.grad(loss))(params)

    jax.tree.map(
        lambda a, b: np.testing.assert_allclose(a, b, atol=2e-4), gradient(here), gradient(there)
    )
