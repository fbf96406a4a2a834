"""Several circuits in one evaluation, under a control register in superposition."""

import math
from collections.abc import Sequence

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit.library import StatePreparation

from fewqubit.errors import CircuitError


def superposed(circuits: Sequence[QuantumCircuit], shares: Sequence[float]) -> QuantumCircuit:
    """|Ψ⟩ = Σ_i √p_i |i⟩ |ψ_i⟩ with |ψ_i⟩ = C_i |0⟩: circuit i acts where the control reads i.

    An expectation of the first register is the members' mean weighted by p, from one circuit's
    shots: ⟨Ψ|1⊗M|Ψ⟩ = Σ_i p_i ⟨ψ_i|M|ψ_i⟩ (Schuld, Petruccione 2018, arXiv 1704.02146). The control
    register of ⌈log₂ members⌉ qubits comes last. Raises CircuitError: the members differ in size,
    or ``shares`` are no probabilities of as many members.
    """
    sizes = {circuit.num_qubits for circuit in circuits}
    if len(sizes) != 1 or len(shares) != len(circuits):
        raise CircuitError(
            f"expected members of one size with a share each, got {len(circuits)} circuits of "
            f"{sorted(sizes)} qubits and {len(shares)} shares"
        )
    if min(shares) < 0 or not math.isclose(sum(shares), 1.0, abs_tol=1e-6):
        raise CircuitError(f"expected shares that sum to 1, got {[*shares]}; divide by their sum")
    n_target, n_control = sizes.pop(), math.ceil(math.log2(len(circuits)))
    whole = QuantumCircuit(n_target + n_control, name="ensemble")
    if not n_control:
        return whole.compose(circuits[0], range(n_target))
    control = range(n_target, n_target + n_control)
    amplitudes = np.zeros(2**n_control)
    amplitudes[: len(shares)] = np.sqrt(np.asarray(shares) / sum(shares))
    whole.append(StatePreparation(amplitudes), control)
    for number, circuit in enumerate(circuits):
        gate = circuit.to_gate(label=f"member {number}").control(n_control, ctrl_state=number)
        whole.append(gate, [*control, *range(n_target)])
    return whole
