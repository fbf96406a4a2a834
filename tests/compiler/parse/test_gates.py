"""Every gate of Qiskit's library, free and bound, controlled and inverted, has Qiskit's state."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Gate, ParameterVector
from qiskit.circuit.library import get_standard_gate_name_mapping
from qiskit.quantum_info import Statevector

from fewqubit.compiler.compiled import compile

GATES = {
    name: (gate.base_class, len(gate.params))
    for name, gate in get_standard_gate_name_mapping().items()
    if isinstance(gate, Gate)
}
CHANGES = {
    "as it is": lambda gate: gate,
    "inverse": lambda gate: gate.inverse(),
    "one control": lambda gate: gate.control(1, ctrl_state=0, annotated=False),
    "two controls": lambda gate: gate.control(2, annotated=True),
    "third power": lambda gate: gate.power(3, annotated=True),
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_gate_of_the_library(change):
    """All gates in one circuit: what one does wrong, none of the others undoes."""
    size, circuit, parameters = 6, QuantumCircuit(6), []
    for qubit in range(size):
        circuit.ry(0.3 + qubit, qubit)
    for number, (kind, count) in enumerate(GATES.values()):
        free = list(ParameterVector(f"p{number}", count))
        bound = np.random.default_rng(number).uniform(-2, 2, count)
        for values in (free, bound) if count else (free,):
            gate = CHANGES[change](kind(*values))
            circuit.append(gate, np.roll(np.arange(size), number)[: gate.num_qubits].tolist())
        parameters += free
    values = np.random.default_rng(0).uniform(-2, 2, len(parameters))
    with jax.enable_x64(True):
        found = compile(circuit, parameters, [], jnp.complex128)(values, [])
    bound = circuit.assign_parameters(dict(zip(parameters, values, strict=True)))
    np.testing.assert_allclose(found, Statevector(bound).data, atol=1e-10)
