"""What a Gram matrix tells before any training: does it know the classes, has it concentrated?"""

from typing import NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Float, Int


class Diagnostics(NamedTuple):
    """Figures of one Gram matrix.

    alignment:               centred kernel-target alignment, 0 (blind) to 1 (knows the classes)
    concentration_mean:      mean off-diagonal entry; 1/2**n for Haar-random states of n qubits
    concentration_variance:  variance of the off-diagonal entries; 0 means nothing to learn from
    effective_rank:          1 (all states alike) to the number of rows (all orthogonal)
    """

    alignment: Float[Array, ""]
    concentration_mean: Float[Array, ""]
    concentration_variance: Float[Array, ""]
    effective_rank: Float[Array, ""]


def diagnose(gram: Float[Array, "n n"], labels: Int[Array, " n"]) -> Diagnostics:
    """All diagnostics of a Gram matrix of rows with class ``labels``."""
    mean, variance = concentration(gram)
    return Diagnostics(centred_alignment(gram, labels), mean, variance, effective_rank(gram))


def caption(figures: Diagnostics) -> str:
    """The diagnostics in a line, for the title of a picture."""
    return (
        f"centred alignment {figures.alignment:.3f} · effective rank {figures.effective_rank:.1f}"
        f" · off-diagonal mean {figures.concentration_mean:.3f}"
    )


def target_kernel(labels: Int[Array, " n"]) -> Float[Array, "n n"]:
    """T_ij = 1 for rows of one class, else 0: the kernel that knows the classes."""
    return (labels[:, None] == labels[None, :]).astype(float)


def alignment(gram: Float[Array, "n n"], target: Float[Array, "n n"]) -> Float[Array, ""]:
    """A = ⟨K, T⟩ / (‖K‖ ‖T‖) in the Frobenius inner product. Cristianini et al. 2001, eq. 2."""
    return jnp.sum(gram * target) / (jnp.linalg.norm(gram) * jnp.linalg.norm(target))


def centred_alignment(gram: Float[Array, "n n"], labels: Int[Array, " n"]) -> Float[Array, ""]:
    """A(HKH, HTH) with H = 1 - 11ᵀ/n. Cortes, Mohri, Rostamizadeh 2012, definition 4.

    Without centring a kernel of ones, which tells nothing, scores well on unbalanced classes.
    """
    return alignment(centred(gram), centred(target_kernel(labels)))


def centred(gram: Float[Array, "n n"]) -> Float[Array, "n n"]:
    """HKH: the Gram matrix of the feature vectors minus their mean."""
    rows = gram.mean(axis=0, keepdims=True)
    return gram - rows - gram.mean(axis=1, keepdims=True) + rows.mean()


def concentration(gram: Float[Array, "n n"]) -> tuple[Float[Array, ""], Float[Array, ""]]:
    """Mean and variance of the off-diagonal entries. Thanasilp et al., 2208.11060."""
    n = gram.shape[0]
    off = 1.0 - jnp.eye(n)
    mean = jnp.sum(gram * off) / (n * (n - 1))
    return mean, jnp.sum(off * (gram - mean) ** 2) / (n * (n - 1))


def effective_rank(gram: Float[Array, "n n"]) -> Float[Array, ""]:
    """exp(-Σ p_k log p_k) with the eigenvalues p_k of K/tr K. Roy & Vetterli 2007, eq. 4."""
    share = jnp.maximum(jnp.linalg.eigvalsh(gram), 0.0)
    share = share / share.sum()
    return jnp.exp(
        -jnp.sum(jnp.where(share > 0, share * jnp.log(jnp.where(share > 0, share, 1)), 0))
    )
