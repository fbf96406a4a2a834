"""Any phases on the basis states, from rotations about products of Z."""

from collections.abc import Sequence

from qiskit import QuantumCircuit
from qiskit.circuit import ParameterExpression


def phases(circuit: QuantumCircuit, angles: Sequence[ParameterExpression]) -> None:
    """Append Σ_j e^{i φ_j} |j⟩⟨j|, up to a global phase; φ: [2**n_qubits], radians.

    φ_j = Σ_S c_S (−1)^{|j ∧ S|} over sets S of qubits with c_S = 2^{−n} Σ_j (−1)^{|j ∧ S|} φ_j, so
    for each S a parity rotation by −2 c_S (Welch et al. 2014, arXiv 1306.3991).
    """
    n = circuit.num_qubits
    for subset in range(1, 2**n):
        signs = [(-1) ** (index & subset).bit_count() for index in range(2**n)]
        terms = [sign * angle for sign, angle in zip(signs, angles, strict=True)]
        _parity_rotation(circuit, subset, sum(terms[1:], start=terms[0]) * (-2.0 / 2**n))


def _parity_rotation(circuit: QuantumCircuit, subset: int, angle: ParameterExpression) -> None:
    """exp(−i angle/2 Z⊗…⊗Z) on the qubits whose bits are set in ``subset``."""
    qubits = [qubit for qubit in range(circuit.num_qubits) if subset >> qubit & 1]
    *rest, last = qubits
    for qubit in rest:
        circuit.cx(qubit, last)
    circuit.rz(angle, last)
    for qubit in reversed(rest):
        circuit.cx(qubit, last)
