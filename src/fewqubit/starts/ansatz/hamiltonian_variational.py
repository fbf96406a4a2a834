"""Layers of evolutions under the parts of a Hamiltonian."""

import jax.numpy as jnp
from jaxtyping import Array, Float
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterExpression, ParameterVector

from fewqubit.errors import CircuitError
from fewqubit.starts.problem import bonds
from fewqubit.starts.settings.ansatze import IsingLayers, Shape, XxzLayers


def ising_reference(shape: Shape) -> QuantumCircuit:
    """|+…+⟩, where all spins follow the field."""
    circuit = QuantumCircuit(shape.n_qubits)
    circuit.h(range(shape.n_qubits))
    return circuit


def ising_layer(ansatz: IsingLayers, shape: Shape) -> QuantumCircuit:
    """Bonds, then the field."""
    circuit, (along, across) = QuantumCircuit(shape.n_qubits), ParameterVector("θ", 2)
    for one, other in bonds(shape.n_qubits, ansatz.ring):
        circuit.rzz(-2 * along, one, other)
    circuit.rx(-2 * across, range(shape.n_qubits))
    return circuit


def ising_schedule(ansatz: IsingLayers, shape: Shape) -> Float[Array, "2 angles"]:
    """α rises, β falls."""
    del shape
    share = (jnp.arange(ansatz.depth) + 0.5) / ansatz.depth
    return jnp.stack([jnp.kron(share, jnp.eye(2)[0]), jnp.kron(1 - share, jnp.eye(2)[1])])


def xxz_reference(ansatz: XxzLayers, shape: Shape) -> QuantumCircuit:
    """Singlets on the even bonds. Raises CircuitError: the number of sites is odd."""
    if shape.n_qubits % 2:
        raise CircuitError(f"{ansatz.kind}: expected an even number of sites, got {shape.n_qubits}")
    circuit = QuantumCircuit(shape.n_qubits)
    for one in range(0, shape.n_qubits, 2):
        circuit.x([one, one + 1])
        circuit.h(one)
        circuit.cx(one, one + 1)
    return circuit


def xxz_layer(shape: Shape) -> QuantumCircuit:
    """Odd bonds, then even ones."""
    circuit, theta = QuantumCircuit(shape.n_qubits), ParameterVector("θ", 4)
    for first, flip, along in ((1, theta[0], theta[1]), (0, theta[2], theta[3])):
        for one in range(first, shape.n_qubits - 1, 2):
            exchange(circuit, flip, along, one, one + 1)
    return circuit


def xxz_schedule(ansatz: XxzLayers, shape: Shape) -> Float[Array, "2 angles"]:
    """Odd bonds are switched on while even ones stay."""
    del shape
    share = (jnp.arange(ansatz.depth) + 0.5) / ansatz.depth
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
