"""Concentration: how alike the entries of a Gram matrix are, and what it costs to tell them apart.

With more qubits or wider inputs, the fidelities of different rows all fall towards 1/2**n. Their
differences are then smaller than the noise of a finite number of shots.
"""

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

RELATIVE_ERROR = 0.1


def concentration(gram: Float[Array, "n n"]) -> tuple[Float[Array, ""], Float[Array, ""]]:
    """Mean and variance of the off-diagonal entries. Thanasilp et al., 2208.11060."""
    n = gram.shape[0]
    off = 1.0 - jnp.eye(n)
    mean = jnp.sum(gram * off) / (n * (n - 1))
    return mean, jnp.sum(off * (gram - mean) ** 2) / (n * (n - 1))


def effective_rank(gram: Float[Array, "n n"]) -> Float[Array, ""]:
    """exp(-Σ p_k log p_k) with the eigenvalues p_k of K/tr K. Roy & Vetterli 2007."""
    share = jnp.maximum(jnp.linalg.eigvalsh(gram), 0.0)
    share = share / share.sum()
    return jnp.exp(
        -jnp.sum(jnp.where(share > 0, share * jnp.log(jnp.where(share > 0, share, 1)), 0))
    )


def shots_per_entry(
    gram: Float[np.ndarray, "n n"], relative_error: float = RELATIVE_ERROR
) -> float:
    """S = mean K(1 - K) / (ε² var K) over off-diagonal entries; infinite if all are equal.

    A fidelity K is the share of all-zero outcomes in S shots of its circuit, with the binomial
    variance K(1 - K)/S; the S for which its root mean square is ε = ``relative_error`` of the
    standard deviation of the entries. Thanasilp et al., 2208.11060, on why it grows as 1/var K.
    """
    entries = off_diagonal(gram)
    variance = entries.var()
    if variance == 0.0:
        return float("inf")
    return float(np.mean(entries * (1.0 - entries)) / (relative_error**2 * variance))


def off_diagonal(gram: Float[np.ndarray, "n n"]) -> Float[np.ndarray, " n*(n-1)/2"]:
    """The entries of different rows, each once, in double precision."""
    return np.asarray(gram, np.float64)[np.triu_indices(len(gram), 1)]
