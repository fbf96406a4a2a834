"""Readout: what a model sees of a state. One state in, batching is vmap's."""

from math import isfinite

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Complex, Float
from qiskit.quantum_info import SparsePauliOp

from fewqubit.base.products import matmul
from fewqubit.errors import CircuitError


def probabilities(state: Complex[Array, " 2**n"]) -> Float[Array, " 2**n"]:
    """p_b = |ψ_b|²."""
    return state.real**2 + state.imag**2


def pauli_z_expectations(state: Complex[Array, " 2**n"]) -> Float[Array, " n"]:
    """⟨Z_q⟩ = Σ_b (-1)^{b_q} |ψ_b|² for every qubit q: one matrix product."""
    basis = np.arange(state.shape[-1])
    signs = 1.0 - 2.0 * (basis >> np.arange(_n_qubits(state))[:, None] & 1)
    return matmul(probabilities(state), jnp.asarray(signs.T, state.real.dtype))


def pauli_zz_expectations(state: Complex[Array, " 2**n"]) -> Float[Array, " n*(n+1)/2"]:
    """⟨Z_q⟩ of every qubit, then ⟨Z_p Z_q⟩ of every pair p < q: one matrix product."""
    basis = np.arange(state.shape[-1])
    singles = 1.0 - 2.0 * (basis >> np.arange(_n_qubits(state))[:, None] & 1)
    first, second = np.triu_indices(len(singles), 1)
    signs = np.concatenate([singles, singles[first] * singles[second]])
    return matmul(probabilities(state), jnp.asarray(signs.T, state.real.dtype))


def zero_probability(state: Complex[Array, " 2**n"]) -> Float[Array, " 1"]:
    """|⟨0…0|ψ⟩|²: the overlap with the state that the end of the circuit maps to |0…0⟩."""
    return probabilities(state[:1])


def check_operator(operator: SparsePauliOp, n_qubits: int) -> None:
    """Raises ``CircuitError`` for an operator of another size or without real, finite values."""
    if operator.num_qubits != n_qubits:
        raise CircuitError(
            f"expected operators on the circuit's {n_qubits} qubits, got one on "
            f"{operator.num_qubits}: {operator.paulis[0]}; pad it with I"
        )
    for label, coefficient in operator.to_list():
        number = complex(coefficient)
        if number.imag or not isfinite(number.real):
            raise CircuitError(
                f"expected an observable with real, finite coefficients, got {number} for {label}"
            )


def expectation(state: Complex[Array, " 2**n"], operator: SparsePauliOp) -> Float[Array, ""]:
    """⟨ψ|M|ψ⟩ for M = Σ_k c_k P_k with real c_k.

    A Pauli string maps b to b ⊕ x with a phase, so each term is one gather; those with the same x
    share it.
    """
    basis, real = np.arange(state.shape[-1]), state.real.dtype
    total = jnp.zeros((), real)
    for flip, diagonal in pauli_diagonals(operator, basis).items():
        if not flip:
            total = total + matmul(jnp.asarray(diagonal.real, real), probabilities(state))
            continue
        moved = state[basis ^ flip]
        weighted = jnp.asarray(diagonal, state.dtype) * moved
        total = total + jnp.sum(state.real * weighted.real + state.imag * weighted.imag)
    return total


def bloch_vectors(state: Complex[Array, " 2**n"]) -> Float[Array, "n 3"]:
    """(⟨X_q⟩, ⟨Y_q⟩, ⟨Z_q⟩): the one-qubit reduced state ρ_q = (1 + r_q·σ)/2 of every qubit."""
    vectors = []
    for qubit in range(_n_qubits(state)):
        pair = state.reshape(-1, 2, 2**qubit)
        zero, one = pair[:, 0], pair[:, 1]
        coherence = jnp.sum(zero.conj() * one)  # ⟨X⟩ + i⟨Y⟩ = 2 Σ ψ*_0 ψ_1
        z = jnp.sum(probabilities(zero) - probabilities(one))
        vectors.append(jnp.stack([2 * coherence.real, 2 * coherence.imag, z]))
    return jnp.stack(vectors)


def _n_qubits(state: Array) -> int:
    return int(state.shape[-1]).bit_length() - 1


def pauli_diagonals(operator: SparsePauliOp, basis: np.ndarray) -> dict[int, np.ndarray]:
    """For every flip x, the diagonal d with (Mψ)_b = Σ_x d^x_b ψ_{b ⊕ x}."""
    diagonals: dict[int, np.ndarray] = {}
    for label, coefficient in operator.to_list():
        letters = label[::-1]
        flip = sum(1 << q for q, letter in enumerate(letters) if letter in "XY")
        diagonal = np.full(basis.shape, complex(coefficient))
        for qubit, letter in enumerate(letters):
            sign = 1 - 2 * (basis >> qubit & 1)
            # row b of Y is -i at b = 0 and +i at b = 1
            diagonal = diagonal * {"I": 1, "X": 1, "Y": -1j * sign, "Z": sign}[letter]
        diagonals[flip] = diagonals.get(flip, 0) + diagonal
    return diagonals
