"""Rotations and entanglers that devices do well, whatever the problem."""

from typing import ClassVar, Literal

from qiskit import QuantumCircuit

from fewqubit.circuits.ansatze import hardware_efficient
from fewqubit.starts.ansatz.contract import Ansatz, Shape


class HardwareEfficient(Ansatz):
    """(RY and RZ on every qubit, chain of CX) repeated, RY, RZ (Kandala et al., 1704.05018).

    Its angles belong to qubits, so a start holds for the size that it was learned at.
    """

    transfers: ClassVar[bool] = False
    kind: Literal["hardware_efficient"] = "hardware_efficient"

    def build(self, shape: Shape) -> QuantumCircuit:
        return hardware_efficient(shape.n_qubits, self.depth)
