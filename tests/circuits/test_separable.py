"""Without entanglers every state is a product, and only two-qubit gates are missing."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.quantum_info import Statevector, partial_trace

from fewqubit.circuits.drawn import draw_up, entangles
from fewqubit.circuits.feature_maps import FEATURE_MAPS
from fewqubit.circuits.separable import has_entanglers, without_entanglers
from fewqubit.config import Circuit
from fewqubit.models.compiled import build_circuit, build_separable


@pytest.mark.parametrize("name", FEATURE_MAPS)
def test_states_are_products(name: str) -> None:
    repetitions = 1 if name in ("amplitude", "phase") else 2
    settings = Circuit(
        feature_map=name, n_qubits=3, repetitions=repetitions, ansatz="hardware_efficient", layers=1
    )
    separable, whole = build_separable(settings), build_circuit(settings)
    assert separable.n_inputs == whole.n_inputs
    assert separable.n_weights == whole.n_weights
    x, theta = (jnp.linspace(-1, 2, n) for n in (separable.n_inputs, separable.n_weights))
    state = Statevector(np.asarray(jax.jit(separable.state)(x, theta)))
    for qubit in range(3):
        assert partial_trace(state, [q for q in range(3) if q != qubit]).purity() > 1 - 1e-5


def test_what_is_composed_is_opened_and_one_qubit_gates_stay() -> None:
    inner = QuantumCircuit(2, name="block")
    inner.h(0)
    inner.cx(0, 1)
    inner.ry(0.3, 1)
    circuit = QuantumCircuit(3)
    circuit.append(inner.to_gate(), [2, 0])
    circuit.swap(0, 1)
    expected = QuantumCircuit(3)
    expected.h(2)
    expected.ry(0.3, 0)
    assert Statevector(without_entanglers(circuit)).equiv(Statevector(expected))


@pytest.mark.parametrize(
    ("name", "repetitions", "expected"),
    [("angle", 1, False), ("angle", 2, True), ("zz", 1, True), ("hardware_efficient", 1, False)],
)
def test_a_circuit_knows_whether_it_has_entanglers(
    name: str, repetitions: int, expected: bool
) -> None:
    settings = Circuit(feature_map=name, n_qubits=2, repetitions=repetitions)
    assert entangles(settings) == expected
    assert entangles(settings.model_copy(update={"bagged": ["zz"]}))
    plain = draw_up(Circuit(feature_map="angle", n_qubits=2))
    plain.barrier()
    assert not has_entanglers(plain)


def test_weights_of_entanglers_go_with_them(allow) -> None:
    allow("circuits")
    settings = Circuit(feature_map="angle", n_qubits=2, ansatz="circuits.test_separable:coupled")
    assert (build_circuit(settings).n_weights, build_separable(settings).n_weights) == (3, 2)


def coupled(n_qubits: int, layers: int) -> QuantumCircuit:
    """RY on both qubits, RZZ between them: three weights."""
    from qiskit.circuit import ParameterVector

    theta = ParameterVector("θ", 3)
    circuit = QuantumCircuit(n_qubits)
    circuit.ry(theta[0], 0)
    circuit.rzz(theta[1], 0, 1)
    circuit.ry(theta[2], 1)
    return circuit
