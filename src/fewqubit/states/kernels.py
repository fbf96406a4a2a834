"""Quantum kernels from states: N states, then one matrix product; never a circuit per pair.

The Gram matrix of one set of rows and that of two sets are separate functions: the first is exactly
symmetric with unit diagonal, whatever the rounding.
"""

import math

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Complex, Float

from fewqubit.base.products import einsum, matmul
from fewqubit.states.observables import bloch_vectors


def _abs2(z: Complex[Array, "..."]) -> Float[Array, "..."]:
    """|z|² without the square root of ``abs``, whose derivative at 0 is undefined."""
    return z.real**2 + z.imag**2


def fidelity_cross(
    left: Complex[Array, "... m d"], right: Complex[Array, "... n d"]
) -> Float[Array, "... m n"]:
    """K_ij = |⟨φ_i|ψ_j⟩|²; states in rows, d = 2**n_qubits."""
    return _abs2(einsum("...md,...nd->...mn", left.conj(), right))


def fidelity_gram(states: Complex[Array, "... n d"]) -> Float[Array, "... n n"]:
    """K_ij = |⟨ψ_i|ψ_j⟩|², symmetric, K_ii = 1."""
    return _as_gram(fidelity_cross(states, states))


def projected_features(states: Complex[Array, "n d"]) -> Float[Array, "n q 3"]:
    """Bloch vectors of the one-qubit reduced states of every row."""
    return jax.vmap(bloch_vectors)(states)


def projected_cross(
    left: Float[Array, "m q 3"], right: Float[Array, "n q 3"], gamma: float | Array
) -> Float[Array, "m n"]:
    """K_ij = exp(-γ Σ_q ‖ρ_q(i) - ρ_q(j)‖²_F), from ``projected_features``.

    ‖ρ - σ‖²_F = |r - s|²/2 for Bloch vectors r, s. The projected kernel of one-qubit
    reduced states of Huang et al., 2011.01938.
    """
    a, b = (side.reshape(len(side), math.prod(side.shape[1:])) for side in (left, right))
    squared = jnp.sum(a**2, 1)[:, None] + jnp.sum(b**2, 1)[None, :]
    distance = jnp.maximum(squared - 2 * matmul(a, b.T), 0.0) / 2
    return jnp.exp(-gamma * distance)


def projected_gram(features: Float[Array, "n q 3"], gamma: float | Array) -> Float[Array, "n n"]:
    """``projected_cross`` of the rows with themselves, symmetric, K_ii = 1."""
    return _as_gram(projected_cross(features, features, gamma))


def flip_weights(n_qubits: int, weight: float) -> Float[np.ndarray, " 2**n"]:
    """w^|b| of every outcome b, |b| its ones; w = 0 leaves 0…0 alone."""
    return float(weight) ** np.bitwise_count(np.arange(2**n_qubits)).astype(float)


def mirrored(
    kernel: Float[Array, "m n"], left: Float[Array, "m k"], right: Float[Array, "n k"]
) -> Float[Array, "m n"]:
    """``kernel``; of the same rows on both sides, its upper part mirrored, with ones between."""
    if left.shape != right.shape:
        return kernel
    above = jnp.triu(kernel, 1)
    return jnp.where((left == right).all(), above + above.T + jnp.eye(len(left)), kernel)


def class_fidelities(
    queries: Complex[Array, "q d"], support: Complex[Array, "s d"], membership: Float[Array, "s c"]
) -> Float[Array, "q c"]:
    """F_kc = ⟨φ_k|ρ_c|φ_k⟩ = Σ_i w_ic |⟨ψ_i|φ_k⟩|² with the class state ρ_c = Σ_i w_ic |ψ_i⟩⟨ψ_i|.

    ``membership`` holds one-hot support labels; w is it divided by the class counts. A class
    without support gets 0.
    """
    return class_means(fidelity_cross(queries, support), membership)


def class_means(
    overlaps: Float[Array, "q s"], membership: Float[Array, "s c"]
) -> Float[Array, "q c"]:
    """Σ_i w_ic K_ki: ``class_fidelities`` from the fidelities of queries and support rows."""
    return matmul(overlaps, class_weights(membership))


def class_weights(membership: Float[Array, "s c"]) -> Float[Array, "s c"]:
    """w_ic: columns that average over the members of a class; zero for a class without any."""
    return membership / jnp.maximum(membership.sum(0), 1)


def nearest_psd(gram: Float[Array, "n n"]) -> Float[Array, "n n"]:
    """The nearest positive semi-definite matrix in Frobenius norm: symmetrise, ``eigh``, clip.

    Higham 1988. For Gram matrices estimated from shots; exact ones do not need it.
    """
    values, vectors = jnp.linalg.eigh((gram + gram.T) / 2)
    return matmul(vectors * jnp.maximum(values, 0.0), vectors.T)


def _as_gram(kernel: Float[Array, "... n n"]) -> Float[Array, "... n n"]:
    """Remove what rounding does to symmetry and to the diagonal."""
    symmetric = (kernel + jnp.swapaxes(kernel, -1, -2)) / 2
    eye = jnp.eye(kernel.shape[-1], dtype=bool)
    return jnp.where(eye, 1.0, symmetric)
