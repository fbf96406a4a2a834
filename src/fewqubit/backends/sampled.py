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

from fewqubit.backends.contract import Backend, Bill, Estimate, Evaluator, Rows, Weights
from fewqubit.backends.guard import guarded
from fewqubit.backends.pairs import gram_of_pairs, pairs_above
from fewqubit.backends.pauli_groups import grouped
from fewqubit.base.io.numbers import check_results
from fewqubit.base.keys import stream
from fewqubit.compiler.compiled import compile_circuit
from fewqubit.compiler.emit.blocks import apply_block
from fewqubit.compiler.fuse.bits import parity_signs
from fewqubit.states.kernels import fidelity_cross
from fewqubit.states.observables import probabilities
from fewqubit.states.shots import counted_fractions, counted_shares

_TURNS = {  # <letter> is read as Z after it
    "X": np.array([[1, 1], [1, -1]]) / np.sqrt(2),
    "Y": np.array([[1, -1j], [1, 1j]]) / np.sqrt(2),
}


def sampled(shots: int) -> Backend:
    """The backend of ``shots`` shots for each circuit that a device would run."""

    def backend(circuit: QuantumCircuit) -> Evaluator:
        compiled = compile_circuit(circuit)
        compute = jax.jit(compiled.states)
        fidelities = jax.jit(fidelity_cross)

        def states(x: Rows, theta: Weights) -> Complex[Array, "N d"]:
            psi = compute(x, theta)
            check_results(np.asarray(psi), "its state")  # before NumPy refuses to draw from it
            return psi

        def gram(x: Rows, theta: Weights, key: PRNGKeyArray) -> Estimate:
            psi = states(x, theta)
            truth = np.asarray(fidelities(psi, psi))[pairs_above(len(x))]
            values = sampled_fidelities(key, truth, shots)
            return Estimate(gram_of_pairs(values, len(x)), bill(values.size))

        def cross(left: Rows, right: Rows, theta: Weights, key: PRNGKeyArray) -> Estimate:
            truth = fidelities(states(left, theta), states(right, theta))
            values = sampled_fidelities(key, truth, shots)
            return Estimate(jnp.asarray(values), bill(values.size))

        def expectations(
            x: Rows, theta: Weights, operators: Sequence[SparsePauliOp], key: PRNGKeyArray
        ) -> Estimate:
            groups, constants = grouped(operators, compiled.n_qubits)
            psi, values = states(x, theta), np.tile(constants, (len(x), 1))
            for group in groups:
                shares = sampled_shares(stream(key, group.basis), psi, group.basis, shots)
                signs = parity_signs(group.masks, compiled.n_qubits)
                values += shares @ (signs @ group.coefficients)
            return Estimate(jnp.asarray(values), bill(len(x) * len(groups)))

        sizes = compiled.n_inputs, compiled.n_weights
        return guarded(Evaluator(gram, cross, expectations), sizes)

    def bill(circuits: int) -> Bill:
        return Bill(circuits, circuits * shots)

    return backend


def sampled_fidelities(
    key: PRNGKeyArray, fidelities: Float[Array, "..."], shots: int
) -> Float[np.ndarray, "..."]:
    """The share of 0…0 in ``shots`` shots of each compute-uncompute circuit."""
    return counted_fractions(_random(key), np.asarray(fidelities), shots)


def sampled_shares(
    key: PRNGKeyArray, states: Complex[Array, "N d"], basis: str, shots: int
) -> Float[np.ndarray, "N d"]:
    """The share of every outcome in ``shots`` shots of each state, read in ``basis``."""
    return counted_shares(_random(key), np.asarray(_probabilities(states, basis)), shots)


@partial(jax.jit, static_argnames="basis")
def _probabilities(states: Complex[Array, "N d"], basis: str) -> Float[Array, "N d"]:
    def of_state(state: Complex[Array, " d"]) -> Float[Array, " d"]:
        for qubit, letter in enumerate(basis):
            if letter in _TURNS:
                state = apply_block(_TURNS[letter].astype(state.dtype), state, qubit)
        return probabilities(state)

    return jax.vmap(of_state)(states)


def _random(key: PRNGKeyArray) -> np.random.Generator:
    """NumPy's generator: its binomials need no compilation, which costs seconds for each shape."""
    return np.random.default_rng(np.asarray(jax.random.key_data(key)))
