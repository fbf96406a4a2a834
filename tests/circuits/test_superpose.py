"""An ensemble in one circuit: exactly the weighted mean of its members."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.quantum_info import SparsePauliOp, Statevector

from fewqubit.circuits.feature_maps import FEATURE_MAPS
from fewqubit.circuits.superpose import control_angles, on_members, superposed
from fewqubit.compiler.compiled import compile_circuit
from fewqubit.errors import CircuitError

SHARES = jnp.array([0.5, 0.3, 0.2])
X = np.array([0.4])
THETA = np.random.default_rng(0).uniform(-3, 3, (3, 3))


def member(kind: int) -> QuantumCircuit:
    """One input, three weights; the odd kind has another gate, and a global phase."""
    x, theta = ParameterVector("x", 1), ParameterVector("θ", 3)
    circuit = QuantumCircuit(2, global_phase=0.7 * kind)
    circuit.ry(x[0] + theta[0], 0)
    circuit.cx(0, 1)
    if kind:
        circuit.rzz(theta[1], 0, 1)
    else:
        circuit.rz(theta[1], 0)
    circuit.rx(theta[2], 1)
    return circuit


MEMBERS = [member(kind) for kind in (0, 1, 0)]


def state(circuit: QuantumCircuit, theta: np.ndarray) -> Statevector:
    return Statevector(circuit.assign_parameters([*X, *theta]))


EACH = [state(circuit, theta) for circuit, theta in zip(MEMBERS, THETA, strict=True)]
WHOLE = state(superposed(MEMBERS), [*THETA.ravel(), *np.asarray(control_angles(SHARES), float)])


@pytest.mark.parametrize("pauli", ["IZ", "ZI", "ZZ", "XY"])
def test_one_evaluation_is_the_weighted_mean(pauli: str) -> None:
    operator = SparsePauliOp(pauli)
    each = [member.expectation_value(operator) for member in EACH]
    found = WHOLE.expectation_value(on_members(operator, len(MEMBERS)))
    np.testing.assert_allclose(found, np.dot(SHARES, each), atol=1e-6)


def test_the_state_holds_each_member_where_the_control_has_its_number() -> None:
    parts = WHOLE.data.reshape(4, 4)
    for share, one, part in zip([*SHARES, 0.0], [*EACH, EACH[0]], parts, strict=True):
        np.testing.assert_allclose(part, np.sqrt(share) * one.data, atol=1e-6)


def test_compiled_it_is_the_same_state() -> None:
    compiled = compile_circuit(superposed(MEMBERS))
    assert (compiled.n_inputs, compiled.n_weights) == (1, 9 + 3)
    theta = jnp.concatenate([THETA.ravel(), control_angles(SHARES)])
    np.testing.assert_allclose(jax.jit(compiled.state)(X, theta), WHOLE.data, atol=1e-5)


def test_shares_may_be_learned() -> None:
    angles = lambda logits: control_angles(jax.nn.softmax(logits))  # noqa: E731
    slopes = jax.jit(jax.jacfwd(angles))(jnp.zeros(3))
    assert np.isfinite(slopes).all()
    assert np.abs(slopes).max() > 0.1


def test_one_member_needs_no_control() -> None:
    assert superposed(MEMBERS[:1]).num_qubits == 2
    assert control_angles(jnp.ones(1)).shape == (0,)
    assert on_members(SparsePauliOp("ZZ"), 1) == SparsePauliOp("ZZ")


@pytest.mark.parametrize("other", [QuantumCircuit(3), FEATURE_MAPS["angle"](2, 1, 1.0)])
def test_what_does_not_fit_is_refused(other: QuantumCircuit) -> None:
    with pytest.raises(CircuitError, match=r"one size, got .*\(2, 1\)"):
        superposed([MEMBERS[0], other])
