"""Unitary coupled cluster: a product of electron excitations on a reference state."""

from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.circuit.library import PauliEvolutionGate

from fewqubit.errors import CircuitError
from fewqubit.starts.fermions import excitation, excitations
from fewqubit.starts.settings.ansatze import Shape, Uccsd


def build(ansatz: Uccsd, shape: Shape) -> QuantumCircuit:
    """The excitations applied to the reference. Raises CircuitError: there are no electrons."""
    n_qubits, occupied = shape
    if not occupied:
        raise CircuitError(f"{ansatz.kind}: expected a problem of electrons, such as a molecule")
    found = excitations(occupied, n_qubits)
    theta = iter(ParameterVector("θ", ansatz.depth * len(found)))
    circuit = QuantumCircuit(n_qubits, name=ansatz.kind)
    circuit.x([*occupied])
    for _ in range(ansatz.depth):
        for created, annihilated in found:
            generator = excitation(created, annihilated, n_qubits)
            circuit.append(PauliEvolutionGate(generator, next(theta)), range(n_qubits))
    return circuit
