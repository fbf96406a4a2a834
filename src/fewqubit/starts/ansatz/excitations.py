"""Unitary coupled cluster: excitations of electrons out of a reference state, one by one."""

from typing import ClassVar, Literal

from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.circuit.library import PauliEvolutionGate

from fewqubit.errors import CircuitError
from fewqubit.starts.ansatz.contract import Ansatz, Depth, Shape
from fewqubit.starts.fermions import excitation, excitations


class Uccsd(Ansatz):
    """Π_k e^{θ_k (T_k − T†_k)} |reference⟩, T_k the singles and doubles that keep the spin.

    UCCSD as one step of Trotter's formula (Peruzzo et al. 2014, arXiv 1304.3061), ``depth`` times.
    All angles 0 are the reference: Hartree–Fock.
    """

    transfers: ClassVar[bool] = False
    depth: Depth = 1
    kind: Literal["uccsd"] = "uccsd"

    def build(self, shape: Shape) -> QuantumCircuit:
        n_qubits, occupied = shape
        if not occupied:
            raise CircuitError(f"{self.kind}: expected a problem of electrons, such as a molecule")
        found = excitations(occupied, n_qubits)
        theta = iter(ParameterVector("θ", self.depth * len(found)))
        circuit = QuantumCircuit(n_qubits, name=self.kind)
        circuit.x([*occupied])
        for _ in range(self.depth):
            for created, annihilated in found:
                generator = excitation(created, annihilated, n_qubits)
                circuit.append(PauliEvolutionGate(generator, next(theta)), range(n_qubits))
        return circuit
