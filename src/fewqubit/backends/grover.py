r"""Grover's circuit over 2^m entries, some of them marked, and one measurement of it.

    |s⟩ = H^m|0⟩        G = D·O        O|i⟩ = (−1)^marked(i)|i⟩        D = 2|s⟩⟨s| − 1

After k iterations an entry that is marked is measured with probability sin²((2k + 1)θ), where
sin²θ is the share of marked entries. Qubit j holds bit j of the entry's number.

L. K. Grover, STOC 1996; M. Boyer, G. Brassard, P. Høyer, A. Tapp, Fortschr. Phys. 46, 493 (1998),
eq. 3.
"""

import numpy as np
from jaxtyping import Bool
from qiskit import QuantumCircuit
from qiskit.circuit.library import DiagonalGate

from fewqubit.backends.machine import aer
from fewqubit.errors import CircuitError


def grover_circuit(marked: Bool[np.ndarray, " N"], iterations: int) -> QuantumCircuit:
    """G^iterations on the uniform superposition; nothing is measured.

    Raises CircuitError: the number of entries is no power of two, or less than two.
    """
    oracle = phase_oracle(marked)
    n_qubits = oracle.num_qubits
    circuit = QuantumCircuit(n_qubits)
    circuit.h(range(n_qubits))
    diffuser = inversion_about_mean(n_qubits)
    for _ in range(iterations):
        circuit.compose(oracle, inplace=True)
        circuit.compose(diffuser, inplace=True)
    return circuit


def phase_oracle(marked: Bool[np.ndarray, " N"]) -> QuantumCircuit:
    """O: flips the sign of every marked entry. It is a table, so its author knows all entries."""
    n_qubits = len(marked).bit_length() - 1
    if n_qubits < 1 or len(marked) != 2**n_qubits:
        raise CircuitError(f"Grover's circuit needs 2^m entries, m ≥ 1; got {len(marked)}")
    circuit = QuantumCircuit(n_qubits)
    circuit.append(DiagonalGate(np.where(marked, -1.0, 1.0).tolist()), range(n_qubits))
    return circuit


def inversion_about_mean(n_qubits: int) -> QuantumCircuit:
    """D: reflection about the uniform superposition; one phase at |0…0⟩ between Hadamards."""
    circuit = QuantumCircuit(n_qubits, global_phase=np.pi)
    circuit.h(range(n_qubits))
    circuit.x(range(n_qubits))
    if n_qubits == 1:
        circuit.z(0)
    else:
        circuit.mcp(np.pi, list(range(n_qubits - 1)), n_qubits - 1)
    circuit.x(range(n_qubits))
    circuit.h(range(n_qubits))
    return circuit


def measured_entry(circuit: QuantumCircuit, seed: int) -> int:
    """The number of one entry, drawn by a single shot of ``circuit`` in Aer."""
    measured = circuit.copy()
    measured.measure_all()
    outcome = aer().sampler(seed).run([measured], shots=1).result()[0].data.meas
    return int(next(iter(outcome.get_int_counts())))
