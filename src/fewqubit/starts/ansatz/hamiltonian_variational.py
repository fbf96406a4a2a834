"""Layers of evolutions under the parts of a Hamiltonian."""

from typing import Literal

import jax.numpy as jnp
from jaxtyping import Array, Float
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterExpression, ParameterVector

from fewqubit.errors import CircuitError
from fewqubit.starts.ansatz.contract import Shape
from fewqubit.starts.ansatz.layered import Layered
from fewqubit.starts.problem import bonds


class IsingLayers(Layered):
    """Π_l e^{iβ_l ΣX_q} e^{iα_l ΣZ_qZ_{q+1}} |+…+⟩ on a ring or chain, θ = (α_1, β_1, α_2, …).

    The Hamiltonian-variational ansatz of the transverse-field Ising model (Wecker et al. 2015,
    arXiv 1507.08969); the field is in the angles, so that one start serves all fields.
    """

    kind: Literal["ising_layers"] = "ising_layers"
    ring: bool = True

    def reference(self, shape: Shape) -> QuantumCircuit:
        circuit = QuantumCircuit(shape.n_qubits)
        circuit.h(range(shape.n_qubits))
        return circuit

    def layer(self, shape: Shape) -> QuantumCircuit:
        circuit, (along, across) = QuantumCircuit(shape.n_qubits), ParameterVector("θ", 2)
        for one, other in bonds(shape.n_qubits, self.ring):
            circuit.rzz(-2 * along, one, other)
        circuit.rx(-2 * across, range(shape.n_qubits))
        return circuit

    def schedule(self, shape: Shape) -> Float[Array, "2 angles"]:
        """α rises, β falls."""
        del shape
        share = (jnp.arange(self.depth) + 0.5) / self.depth
        return jnp.stack([jnp.kron(share, jnp.eye(2)[0]), jnp.kron(1 - share, jnp.eye(2)[1])])


class XxzLayers(Layered):
    """Singlets on even bonds, then layers of XX+YY and ZZ on odd bonds, then on even ones.

    θ holds for each layer (odd XX+YY, odd ZZ, even XX+YY, even ZZ). The ground state of the even
    bonds alone is where annealing begins (after Wecker et al. 2015, there for Hubbard).
    """

    kind: Literal["xxz_layers"] = "xxz_layers"

    def reference(self, shape: Shape) -> QuantumCircuit:
        if shape.n_qubits % 2:
            raise CircuitError(
                f"{self.kind}: expected an even number of sites, got {shape.n_qubits}"
            )
        circuit = QuantumCircuit(shape.n_qubits)
        for one in range(0, shape.n_qubits, 2):
            circuit.x([one, one + 1])
            circuit.h(one)
            circuit.cx(one, one + 1)
        return circuit

    def layer(self, shape: Shape) -> QuantumCircuit:
        circuit, theta = QuantumCircuit(shape.n_qubits), ParameterVector("θ", 4)
        for first, flip, along in ((1, theta[0], theta[1]), (0, theta[2], theta[3])):
            for one in range(first, shape.n_qubits - 1, 2):
                exchange(circuit, flip, along, one, one + 1)
        return circuit

    def schedule(self, shape: Shape) -> Float[Array, "2 angles"]:
        """Odd bonds are switched on while even ones stay."""
        del shape
        share = (jnp.arange(self.depth) + 0.5) / self.depth
        odd, even = jnp.array([1.0, 1, 0, 0]), jnp.array([0.0, 0, 1, 1])
        return jnp.stack([jnp.kron(share, odd), jnp.kron(jnp.ones_like(share), even)])


def exchange(
    circuit: QuantumCircuit,
    flip: ParameterExpression,
    along: ParameterExpression,
    one: int,
    other: int,
) -> None:
    """e^{−i flip (XX + YY)} e^{−i along ZZ} on two qubits; the three commute."""
    circuit.rxx(2 * flip, one, other)
    circuit.ryy(2 * flip, one, other)
    circuit.rzz(2 * along, one, other)
