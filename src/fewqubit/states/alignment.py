"""Kernel-target alignment: does a Gram matrix know the classes before anything is trained?"""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int


def target_kernel(labels: Int[Array, " n"]) -> Float[Array, "n n"]:
    """T_ij = 1 for rows of the same class, else 0: the ideal kernel."""
    return (labels[:, None] == labels[None, :]).astype(float)


def alignment(gram: Float[Array, "n n"], target: Float[Array, "n n"]) -> Float[Array, ""]:
    """A = ⟨K, T⟩ / (‖K‖ ‖T‖) in the Frobenius inner product. Cristianini et al. 2001."""
    return jnp.sum(gram * target) / (jnp.linalg.norm(gram) * jnp.linalg.norm(target))


def centred_alignment(gram: Float[Array, "n n"], labels: Int[Array, " n"]) -> Float[Array, ""]:
    """A(HKH, HTH) with H = 1 - 11ᵀ/n. Cortes, Mohri, Rostamizadeh 2012, definition 4.

    Without centring, a constant kernel scores well on unbalanced classes, though it knows nothing.
    """
    return alignment(centred(gram), centred(target_kernel(labels)))


def most_aligned(grams: Float[Array, "kernels n n"], labels: Int[Array, " n"]) -> Int[Array, ""]:
    """Which of several kernels knows the classes of labelled rows best, by ``known_alignment``.

    For a new task: the rows are its labelled ones that no kernel was trained on, two of each class
    at least; from one of each, the choice is the kernel for which all rows are most unlike. Of
    equal kernels the first is taken.
    """
    return jnp.argmax(jax.vmap(known_alignment, (0, None))(grams, labels))


def known_alignment(gram: Float[Array, "n n"], labels: Int[Array, " n"]) -> Float[Array, ""]:
    """The centred alignment; −1, the least, for a kernel that is constant or not finite."""
    score = centred_alignment(gram, labels)
    return jnp.where(jnp.isfinite(score), score, -1.0)


def centred(gram: Float[Array, "n n"]) -> Float[Array, "n n"]:
    """HKH: the Gram matrix of the feature vectors minus their mean."""
    rows = gram.mean(axis=0, keepdims=True)
    return gram - rows - gram.mean(axis=1, keepdims=True) + rows.mean()
