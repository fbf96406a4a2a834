"""``shots``: outcomes drawn from exact probabilities, in distribution what noiseless circuits give.

    K_ij ~ Binomial(shots, |⟨ψ_i|ψ_j⟩|²)/shots        n_b ~ Multinomial(shots, |⟨b|R|ψ⟩|²)

A compute-uncompute circuit answers 0…0 with probability |⟨ψ_i|ψ_j⟩|², so its shots need not be
simulated: N states and N(N - 1)/2 binomials take the place of N(N - 1)/2 circuits.
"""

from collections.abc import Sequence
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Complex, Float, PRNGKeyArray
from qiskit import QuantumCircuit
from qiskit.quantum_info import SparsePauliOp

from fewqubit.keys import stream
from fewqubit.quantum.backends.contract import Backend, Bill, Estimate, Evaluator, Rows, Weights
from fewqubit.quantum.backends.pairs import gram_of_pairs, pairs_above
from fewqubit.quantum.backends.pauli_groups import grouped
from fewqubit.quantum.bits import parity_signs
from fewqubit.quantum.blocks import apply_block
from fewqubit.quantum.compile import compile_circuit
from fewqubit.quantum.kernels import fidelity_cross, fidelity_gram
from fewqubit.quantum.observables import probabilities

_TURNS = {  # <letter> is read as Z after it
    "X": np.array([[1, 1], [1, -1]]) / np.sqrt(2),
    "Y": np.array([[1, -1j], [1, 1j]]) / np.sqrt(2),
}


def sampled(shots: int) -> Backend:
    """The backend of ``shots`` shots for each circuit that a device would run."""

    def backend(circuit: QuantumCircuit) -> Evaluator:
        compiled = compile_circuit(circuit)
        states = jax.jit(jax.vmap(compiled.state, (0, None)))

        def gram(x: Rows, theta: Weights, key: PRNGKeyArray) -> Estimate:
            fidelities = fidelity_gram(states(x, theta))[pairs_above(len(x))]
            values = sampled_fidelities(key, fidelities, shots)
            return Estimate(gram_of_pairs(values, len(x)), bill(values.size))

        def cross(left: Rows, right: Rows, theta: Weights, key: PRNGKeyArray) -> Estimate:
            fidelities = fidelity_cross(states(left, theta), states(right, theta))
            values = sampled_fidelities(key, fidelities, shots)
            return Estimate(values, bill(values.size))

        def expectations(
            x: Rows, theta: Weights, operators: Sequence[SparsePauliOp], key: PRNGKeyArray
        ) -> Estimate:
            groups, constants = grouped(operators, compiled.n_qubits)
            psi, values = states(x, theta), jnp.tile(constants, (len(x), 1))
            for group in groups:
                shares = sampled_shares(stream(key, group.basis), psi, group.basis, shots)
                signs = parity_signs(group.masks, compiled.n_qubits)
                values = values + shares @ (signs @ group.coefficients)
            return Estimate(values, bill(len(x) * len(groups)))

        return Evaluator(gram, cross, expectations)

    def bill(circuits: int) -> Bill:
        return Bill(circuits, circuits * shots)

    return backend


@jax.jit
def sampled_fidelities(
    key: PRNGKeyArray, fidelities: Float[Array, "..."], shots: int | Array
) -> Float[Array, "..."]:
    """The share of 0…0 in ``shots`` shots of each compute-uncompute circuit."""
    zeros = jax.random.binomial(key, shots, jnp.clip(fidelities, 0.0, 1.0))
    return zeros / shots


@partial(jax.jit, static_argnames="basis")
def sampled_shares(
    key: PRNGKeyArray, states: Complex[Array, "N d"], basis: str, shots: int | Array
) -> Float[Array, "N d"]:
    """The share of every outcome in ``shots`` shots of each state, read in ``basis``."""

    def outcomes(state: Complex[Array, " d"]) -> Float[Array, " d"]:
        for qubit, letter in enumerate(basis):
            if letter in _TURNS:
                state = apply_block(_TURNS[letter].astype(state.dtype), state, qubit)
        return probabilities(state)

    return jax.random.multinomial(key, shots, jax.vmap(outcomes)(states)) / shots
