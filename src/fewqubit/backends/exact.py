"""``exact``: state vectors in JAX, one circuit per row, never per pair; differentiable.

Kernels of many rows go by blocks (``gram_blocks``): beside the states and the result they take
bounded memory. Expectations come from the part of the circuit that they depend on (``light_cone``).
"""

from collections.abc import Callable, Sequence
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, PRNGKeyArray
from qiskit import QuantumCircuit
from qiskit.quantum_info import SparsePauliOp

from fewqubit.backends.contract import Bill, Estimate, Evaluator, Rows, Weights
from fewqubit.backends.guard import guarded
from fewqubit.circuits.parameters import vector
from fewqubit.compiler.compiled import compile_circuit
from fewqubit.compiler.pieces import in_pieces
from fewqubit.states.gram_blocks import cross_in_blocks, gram_in_blocks, map_in_blocks
from fewqubit.states.kernels import fidelity_cross, fidelity_gram
from fewqubit.states.light_cone import compile_expectations


def exact(circuit: QuantumCircuit) -> Evaluator:
    """The circuit without noise or shots; keys are not used."""
    compiled = compile_circuit(circuit)
    states = jax.jit(compiled.states)
    readings: dict[tuple[object, ...], Callable[[Rows, Weights], Array]] = {}

    def gram(x: Rows, theta: Weights, key: PRNGKeyArray) -> Estimate:
        del key
        if _traced(x, theta):
            return Estimate(fidelity_gram(states(x, theta)), Bill(len(x)))
        return Estimate(jnp.asarray(gram_in_blocks(fidelity_cross, held(x, theta))), Bill(len(x)))

    def cross(left: Rows, right: Rows, theta: Weights, key: PRNGKeyArray) -> Estimate:
        del key
        bill = Bill(len(left) + len(right))
        if _traced(left, right, theta):
            return Estimate(fidelity_cross(states(left, theta), states(right, theta)), bill)
        sides = held(left, theta), held(right, theta)
        return Estimate(jnp.asarray(cross_in_blocks(fidelity_cross, *sides)), bill)

    def held(x: Rows, theta: Weights) -> np.ndarray:
        return map_in_blocks(
            lambda rows: states(rows, theta), np.asarray(x), 8 << circuit.num_qubits
        )

    def expectations(
        x: Rows, theta: Weights, operators: Sequence[SparsePauliOp], key: PRNGKeyArray
    ) -> Estimate:
        del key
        asked = tuple(tuple(operator.to_list()) for operator in operators)
        if asked not in readings:
            names = vector(circuit, "x"), vector(circuit, "θ")
            found = compile_expectations(circuit, operators, *names)
            readings[asked] = jax.jit(partial(in_pieces, found, circuit.num_qubits))
        return Estimate(readings[asked](x, theta), Bill(len(x)))

    sizes = compiled.n_inputs, compiled.n_weights
    return guarded(Evaluator(gram, cross, expectations), sizes, traceable=True)


def _traced(*arrays: Array) -> bool:
    """Whether JAX is differentiating or compiling; then all is one program."""
    return any(isinstance(array, jax.core.Tracer) for array in arrays)
