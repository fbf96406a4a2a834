"""The quantum approximate optimisation algorithm, for Hamiltonians of I and Z."""

from functools import reduce

import jax
import jax.numpy as jnp
from jaxtyping import Array, Complex, Float
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterExpression, ParameterVector
from qiskit.circuit.library import PauliEvolutionGate
from qiskit.quantum_info import SparsePauliOp

from fewqubit.compiler.emit.blocks import apply_block
from fewqubit.compiler.emit.cis import cis
from fewqubit.errors import CircuitError
from fewqubit.starts.ansatz.contract import State
from fewqubit.starts.landscape import Landscape
from fewqubit.starts.problem import Problem
from fewqubit.starts.settings.ansatze import Qaoa, Shape

WIDTH = 4  # qubits whose mixers are applied as one matrix


def circuit(ansatz: Qaoa, problem: Problem) -> QuantumCircuit:
    """Phases of the Hamiltonian and mixers. Raises CircuitError: it has terms of X or Y."""
    if any(set(label) & {"X", "Y"} for label, _ in problem.terms):
        raise CircuitError(
            "qaoa: expected a Hamiltonian of I and Z, got "
            f"{next(label for label, _ in problem.terms if set(label) & {'X', 'Y'})}; "
            "take the ansatz hamiltonian_variational or hardware_efficient"
        )
    theta, n_qubits = ParameterVector("θ", 2 * ansatz.depth), problem.n_qubits
    made = QuantumCircuit(n_qubits, name="qaoa")
    made.h(range(n_qubits))
    for layer in range(ansatz.depth):
        for label, coefficient in problem.terms:
            _phase(made, label, theta[layer] * (coefficient / problem.stretch))
        made.rx(-2 * theta[ansatz.depth + layer], range(n_qubits))
    return made


def schedule(ansatz: Qaoa, shape: Shape) -> Float[Array, "2 angles"]:
    """γ_l = (l − ½)/p rises, β_l = 1 − (l − ½)/p falls."""
    del shape
    share = (jnp.arange(ansatz.depth) + 0.5) / ansatz.depth
    none = jnp.zeros(ansatz.depth)
    return jnp.stack([jnp.append(share, none), jnp.append(none, 1 - share)])


def state(ansatz: Qaoa, shape: Shape) -> State:
    """The phases of all terms are applied as one vector, from the diagonal of H."""
    n_qubits, depth = shape.n_qubits, ansatz.depth

    def of_problem(theta: Float[Array, " angles"], problem: Landscape) -> Complex[Array, " 2**n"]:
        angles = -problem.diagonal / problem.stretch

        def layer(psi: Array, pair: Array) -> tuple[Array, None]:
            return _mixed(cis(pair[0] * angles) * psi, pair[1]), None

        plus = jnp.full(2**n_qubits, 2 ** (-n_qubits / 2), jnp.complex64)
        return jax.lax.scan(layer, plus, jnp.stack([theta[:depth], theta[depth:]], 1))[0]

    return of_problem


def _mixed(psi: Complex[Array, " 2**n"], beta: Float[Array, ""]) -> Complex[Array, " 2**n"]:
    """e^{iβX} on every qubit, a few at a time."""
    n_qubits = psi.shape[-1].bit_length() - 1
    one = jnp.array([[jnp.cos(beta), 0], [0, jnp.cos(beta)]]) + 1j * jnp.sin(beta) * jnp.array(
        [[0, 1], [1, 0]]
    )
    for low in range(0, n_qubits, WIDTH):
        block = reduce(jnp.kron, [one] * min(WIDTH, n_qubits - low))
        psi = apply_block(block, psi, low)
    return psi


def _phase(circuit: QuantumCircuit, label: str, angle: ParameterExpression) -> None:
    """e^{−i angle Z…Z} on the qubits that ``label`` names; I…I is a global phase."""
    qubits = [q for q, letter in enumerate(reversed(label)) if letter == "Z"]
    if len(qubits) == 1:
        circuit.rz(2 * angle, *qubits)
    elif len(qubits) == 2:
        circuit.rzz(2 * angle, *qubits)
    elif qubits:
        gate = PauliEvolutionGate(SparsePauliOp("Z" * len(qubits)), angle)
        circuit.append(gate, qubits)
