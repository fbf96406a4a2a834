"""``exact``: state vectors in JAX, one circuit per row, never per pair; differentiable."""

from collections.abc import Sequence

import jax
import jax.numpy as jnp
from jaxtyping import Array, Complex, Float, PRNGKeyArray
from qiskit import QuantumCircuit
from qiskit.quantum_info import SparsePauliOp

from fewqubit.quantum.backends.contract import Bill, Estimate, Evaluator, Rows, Weights
from fewqubit.quantum.compile import compile_circuit
from fewqubit.quantum.kernels import fidelity_cross, fidelity_gram
from fewqubit.quantum.observables import expectation


def exact(circuit: QuantumCircuit) -> Evaluator:
    """The circuit without noise or shots; keys are not used."""
    states = jax.jit(jax.vmap(compile_circuit(circuit).state, (0, None)))

    def gram(x: Rows, theta: Weights, key: PRNGKeyArray) -> Estimate:
        del key
        return Estimate(fidelity_gram(states(x, theta)), Bill(len(x)))

    def cross(left: Rows, right: Rows, theta: Weights, key: PRNGKeyArray) -> Estimate:
        del key
        values = fidelity_cross(states(left, theta), states(right, theta))
        return Estimate(values, Bill(len(left) + len(right)))

    def expectations(
        x: Rows, theta: Weights, operators: Sequence[SparsePauliOp], key: PRNGKeyArray
    ) -> Estimate:
        del key

        def of_state(state: Complex[Array, " 2**n"]) -> Float[Array, " operators"]:
            return jnp.stack([expectation(state, operator) for operator in operators])

        return Estimate(jax.vmap(of_state)(states(x, theta)), Bill(len(x)))

    return Evaluator(gram, cross, expectations)
