"""Geometries of circuits: projected and Hamming kernels, exact, measured and under noise."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from qiskit.quantum_info import Operator, Statevector, partial_trace

from fewqubit.backends import Bill, build_backend, total
from fewqubit.circuits.circuit import Circuit
from fewqubit.circuits.drawn import draw_up
from fewqubit.circuits.parameters import vector
from fewqubit.config import Device
from fewqubit.errors import SettingsError
from fewqubit.models.arms import build_body
from fewqubit.models.body import Body
from fewqubit.models.measured import measured
from fewqubit.models.shots import read_from_shots

FIDELITY = Circuit("reuploading", n_qubits=2, repetitions=2)
ROWS = np.array([[0.3, 0.9, -0.2, 0.4], [-0.5, 0.2, 1.1, 0.0], [1.2, -0.4, 0.3, 0.8]], np.float32)
THETA = jnp.linspace(-1.0, 1.0, len(build_body(FIDELITY, "quantum", False).init(jax.random.key(0))))


def by(geometry: str, **more: float) -> Circuit:
    return FIDELITY.model_copy(update={"geometry": geometry, **more})


def kernel(body: Body, theta: jax.Array = THETA) -> jax.Array:
    rows = jax.vmap(body.apply, (None, 0))(theta, jnp.asarray(ROWS[:, : body.n_inputs]))
    return body.geometry.kernel(rows, rows)


def unitaries() -> list[np.ndarray]:
    """U(x, θ) of every row, by Qiskit."""
    circuit = draw_up(FIDELITY)
    names = [*vector(circuit, "x"), *vector(circuit, "θ")]
    rows = ROWS[:, : len(vector(circuit, "x"))]
    bound = [dict(zip(names, [*row, *THETA], strict=True)) for row in rows]
    return [Operator(circuit.assign_parameters(values)).data for values in bound]


def test_the_projected_kernel_is_a_gaussian_of_reduced_states() -> None:
    states = [Statevector(u[:, 0]) for u in unitaries()]
    reduced = [[partial_trace(s, [1 - q]).data for q in (0, 1)] for s in states]
    distances = [
        [sum(np.linalg.norm(a[q] - b[q]) ** 2 for q in (0, 1)) for b in reduced] for a in reduced
    ]
    found = kernel(build_body(by("projected", gamma=0.7), "quantum", False))
    np.testing.assert_allclose(found, np.exp(-0.7 * np.array(distances)), atol=1e-5)


def test_the_hamming_kernel_weighs_every_outcome_by_its_ones() -> None:
    found = kernel(build_body(by("hamming", flip_weight=0.3), "quantum", False))
    worth, expected = 0.3 ** np.array([0, 1, 1, 2]), np.empty((3, 3))
    one_way = [
        [worth @ np.abs((b.conj().T @ a)[:, 0]) ** 2 for b in unitaries()] for a in unitaries()
    ]
    expected = (np.array(one_way) + np.array(one_way).T) / 2
    np.testing.assert_allclose(found, expected, atol=1e-5)
    assert np.abs(np.array(one_way) - expected).max() > 1e-3  # one way is not the other


def test_without_weight_of_flips_it_is_the_fidelity() -> None:
    bodies = [
        build_body(one, "quantum", False) for one in (by("hamming", flip_weight=0.0), FIDELITY)
    ]
    np.testing.assert_allclose(*map(kernel, bodies), atol=1e-5)


@pytest.mark.parametrize(
    ("geometry", "circuits"), [("projected", 9), ("hamming", 6), ("fidelity", 3)]
)
def test_shots_have_its_mean_and_the_bill_its_circuits(geometry: str, circuits: int) -> None:
    """Three rows: three bases of each, or both circuits of each pair, or one."""
    bills: list[Bill] = []
    shots = 20_000
    backend = build_backend(Device(backend="shots", shots=shots))
    body = measured(backend, jax.random.key(0), bills)(by(geometry), False)
    exact = kernel(build_body(by(geometry), "quantum", False))
    np.testing.assert_allclose(kernel(body), exact, atol=0.03)
    assert total(bills)[:2] == (circuits, circuits * shots)


@pytest.mark.parametrize("geometry", ["projected", "hamming"])
def test_no_noise_changes_nothing(geometry: str) -> None:
    noisy = by(geometry).model_copy(update={"noise": "depolarizing:0.0"})
    bodies = [build_body(one, "quantum", False) for one in (by(geometry), noisy)]
    np.testing.assert_allclose(*map(kernel, bodies), atol=1e-5)


def test_refusals_say_what_to_do() -> None:
    with pytest.raises(SettingsError, match="expected fidelity for an ensemble"):
        build_body(by("projected").model_copy(update={"members": 2}), "quantum", False)
    with pytest.raises(SettingsError, match="leave out one of the two"):
        read_from_shots("quantum", 10)(by("hamming"), False)
