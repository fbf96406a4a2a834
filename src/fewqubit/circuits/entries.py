"""A circuit whose outcomes say an entry of a matrix and a sign."""

from itertools import product

from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.quantum_info import SparsePauliOp


def index_qubits(entries: int) -> int:
    """The least q with 2^q ≥ ``entries``."""
    return (entries - 1).bit_length()


def entries_circuit(entries: int, layers: int, entanglers: bool = True) -> QuantumCircuit:
    """H on every qubit, then ``layers`` of RY on every qubit and a ring of CX; θ: [layers · n].

    n = q + 1: q qubits for the entry and the highest one for the sign. The ring keeps the uniform
    state; on a chain fewer of the angles act near it.
    """
    n_qubits = index_qubits(entries) + 1
    theta = iter(ParameterVector("θ", layers * n_qubits))
    circuit = QuantumCircuit(n_qubits, name="entries")
    circuit.h(range(n_qubits))
    for _ in range(layers):
        for qubit in range(n_qubits):
            circuit.ry(next(theta), qubit)
        for qubit in range(n_qubits if entanglers and n_qubits > 1 else 0):
            circuit.cx(qubit, (qubit + 1) % n_qubits)
    return circuit


def signed_entries(circuit: QuantumCircuit) -> list[SparsePauliOp]:
    """Z ⊗ |e⟩⟨e| for every e, as strings of I and Z: one basis, so one circuit gives them all.

    |e⟩⟨e| = 2^−q ⊗ (I ± Z), − where the bit of e is 1.
    """
    q = circuit.num_qubits - 1
    strings = ["".join(letters) for letters in product("IZ", repeat=q)]
    ones = [sum(1 << (q - 1 - at) for at in range(q) if text[at] == "Z") for text in strings]
    return [
        SparsePauliOp(
            [f"Z{text}" for text in strings],
            [(-1.0) ** (mask & entry).bit_count() / 2**q for mask in ones],
        )
        for entry in range(2**q)
    ]
