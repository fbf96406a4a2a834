"""Time evolution exp(-itH) with a free time t, exactly.

Qiskit's own definition of an evolution gate is a Trotter formula, its state vector exact; this
follows the state vector.
"""

from collections.abc import Mapping

import numpy as np
from qiskit.circuit import Parameter
from qiskit.circuit.library import HamiltonianGate, PauliEvolutionGate
from qiskit.quantum_info import SparseObservable, SparsePauliOp

from fewqubit.compiler.fuse.bits import parity_signs
from fewqubit.compiler.parse.expressions import Affine, read, scale
from fewqubit.compiler.parse.program import Operation, Rotation, Unitary
from fewqubit.errors import CircuitError

_DENSE_QUBITS = 10
_NOT_HERMITIAN = 1e-8


def lower_evolution(
    gate: PauliEvolutionGate | HamiltonianGate, positions: Mapping[Parameter, int]
) -> list[Operation]:
    """Commuting Pauli terms as one rotation each; any other H from its eigenvectors.

    Raises ``CircuitError`` for such an H on more than ten qubits, and for an H that is not
    Hermitian.
    """
    if isinstance(gate, HamiltonianGate):
        return _from_eigenvectors(np.asarray(gate.params[0]), read(gate.params[1], positions))
    hamiltonian = _pauli_sum(gate)
    if len(hamiltonian.group_commuting()) == 1:
        qubits = tuple(range(gate.num_qubits))
        terms = zip(hamiltonian.paulis.to_labels(), hamiltonian.coeffs, strict=True)
        return [
            Rotation(read(2 * coefficient * gate.time, positions), label[::-1], qubits)
            for label, coefficient in terms
        ]
    if gate.num_qubits > _DENSE_QUBITS:
        raise CircuitError(
            f"its Pauli terms do not commute, and {gate.num_qubits} qubits are more than the "
            f"{_DENSE_QUBITS} of an exact evolution; take its product formula, circuit.decompose()"
        )
    return _from_eigenvectors(hamiltonian.to_matrix(), read(gate.time, positions))


def _pauli_sum(gate: PauliEvolutionGate) -> SparsePauliOp:
    parts = gate.operator if isinstance(gate.operator, list) else [gate.operator]
    sums = [
        SparsePauliOp.from_sparse_observable(part) if isinstance(part, SparseObservable) else part
        for part in parts
    ]
    return sum(sums[1:], start=sums[0])


def _from_eigenvectors(hamiltonian: np.ndarray, time: Affine) -> list[Operation]:
    """V exp(-itΛ) V†; the diagonal as phases of parities, tλ_b = Σ_m t w_m (-1)^parity(b & m)."""
    n_qubits = len(hamiltonian).bit_length() - 1
    off = np.abs(hamiltonian - hamiltonian.conj().T).max()
    if not off <= _NOT_HERMITIAN * max(1.0, np.abs(hamiltonian).max()):
        raise CircuitError(f"its H is not Hermitian: H - H† has an entry of size {off:.2g}")
    energies, vectors = np.linalg.eigh(hamiltonian)
    weights = parity_signs(np.arange(2**n_qubits), n_qubits).T @ energies / 2**n_qubits
    qubits = tuple(range(n_qubits))
    phases = [
        Rotation(scale(time, 2 * weight), "".join("IZ"[m >> q & 1] for q in qubits), qubits)
        for m, weight in enumerate(weights)
    ]
    return [Unitary(vectors.conj().T, qubits), *phases, Unitary(vectors, qubits)]
