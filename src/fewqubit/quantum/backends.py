"""Where circuits are evaluated: one signature for simulation and devices, and the bill of each.

A backend takes a circuit of the vectors "x" and "θ" and gives an evaluator; what it returns are
estimates, exact here, with what they cost in circuits and shots.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Complex, Float
from qiskit import QuantumCircuit
from qiskit.quantum_info import SparsePauliOp

from fewqubit.quantum.compile import compile_circuit
from fewqubit.quantum.kernels import fidelity_cross, fidelity_gram
from fewqubit.quantum.observables import expectation

Rows = Float[Array, "N inputs"]
Weights = Float[Array, " weights"]


class Bill(NamedTuple):
    """What an evaluation cost: circuits run, and shots over all of them (0: exact)."""

    circuits: int
    shots: int


class Estimate(NamedTuple):
    """Values and their price."""

    values: Float[Array, "..."]
    bill: Bill


class Evaluator(NamedTuple):
    """A circuit on a backend.

    gram:          (x [N, inputs], θ) -> fidelities [N, N], symmetric with unit diagonal
    cross:         (left [M, inputs], right [N, inputs], θ) -> fidelities [M, N]
    expectations:  (x [N, inputs], θ, operators) -> ⟨M_k⟩ [N, operators]
    """

    gram: Callable[[Rows, Weights], Estimate]
    cross: Callable[[Rows, Rows, Weights], Estimate]
    expectations: Callable[[Rows, Weights, Sequence[SparsePauliOp]], Estimate]


Backend = Callable[[QuantumCircuit], Evaluator]


def exact(circuit: QuantumCircuit) -> Evaluator:
    """State vectors in JAX: one circuit per row, never per pair; differentiable."""
    states = jax.jit(jax.vmap(compile_circuit(circuit).state, (0, None)))

    def gram(x: Rows, theta: Weights) -> Estimate:
        return Estimate(fidelity_gram(states(x, theta)), Bill(len(x), 0))

    def cross(left: Rows, right: Rows, theta: Weights) -> Estimate:
        values = fidelity_cross(states(left, theta), states(right, theta))
        return Estimate(values, Bill(len(left) + len(right), 0))

    def expectations(x: Rows, theta: Weights, operators: Sequence[SparsePauliOp]) -> Estimate:
        def of_state(state: Complex[Array, " 2**n"]) -> Float[Array, " operators"]:
            return jnp.stack([expectation(state, operator) for operator in operators])

        return Estimate(jax.vmap(of_state)(states(x, theta)), Bill(len(x), 0))

    return Evaluator(gram, cross, expectations)


BACKENDS: dict[str, Backend] = {"exact": exact}
