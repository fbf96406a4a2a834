"""Natural gradient: steepest descent in the distance between states, not between angles."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Complex, Float

from fewqubit.base.products import matmul

State = Callable[[Float[Array, " inputs"], Float[Array, " weights"]], Complex[Array, " 2**n"]]


def fubini_study(
    state: State,
    x: Float[Array, "N inputs"],
    theta: Float[Array, " weights"],
    blocks: Sequence[Sequence[int]] | None = None,
) -> Float[Array, "weights weights"]:
    """g_kl = mean over rows of Re(⟨∂_kψ|∂_lψ⟩ - ⟨∂_kψ|ψ⟩⟨ψ|∂_lψ⟩).

    Stokes et al., 1909.02108, averaged over a batch of rows, each with its own
    state. ``blocks`` are index sets, such as the layers of an ansatz; entries between two of them
    are 0.
    """

    def of_row(row: Float[Array, " inputs"]) -> Float[Array, "weights weights"]:
        psi = state(row, theta)
        slopes = jax.jacfwd(state, 1)(row, theta)  # [2**n, weights]
        along = matmul(psi.conj(), slopes)
        return (matmul(slopes.conj().T, slopes) - jnp.outer(along.conj(), along)).real

    metric = jax.vmap(of_row)(x).mean(axis=0)
    return metric if blocks is None else metric * _within(blocks, len(theta))


def natural_direction(
    gradient: Mapping[str, Any],
    metrics: Mapping[str, Float[Array, "p p"]],
    damping: float = 1e-3,
    classical_scale: float = 1.0,
) -> dict[str, Any]:
    """(g + λ1)⁻¹ ∇ for the parts that have a metric, ``classical_scale`` · ∇ for all others.

    The metric of quantum and classical parameters together is taken as block diagonal, with the
    identity for an encoder or a head. λ keeps the step finite in directions that change no state.
    """
    return {
        name: _solved(metrics[name], part, damping)
        if name in metrics
        else jax.tree.map(lambda leaf: classical_scale * leaf, part)
        for name, part in gradient.items()
    }


def _solved(
    metric: Float[Array, "p p"], gradient: Float[Array, " p"], damping: float
) -> Float[Array, " p"]:
    """Cholesky: metric and damping together are positive definite."""
    regular = metric + damping * jnp.eye(len(metric), dtype=metric.dtype)
    return jax.scipy.linalg.solve(regular, gradient, assume_a="pos")


def _within(blocks: Sequence[Sequence[int]], count: int) -> Float[Array, "p p"]:
    """1 for two indices of one block, else 0."""
    membership = jnp.stack([jnp.zeros(count).at[jnp.array(block)].set(1.0) for block in blocks])
    return membership.T @ membership
