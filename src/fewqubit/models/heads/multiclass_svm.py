"""Crammer and Singer's SVM on a Gram matrix, differentiable through its solution."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from fewqubit.models.heads.part import among, taking_part
from fewqubit.models.heads.simplex import project_to_simplex

ITERATIONS = 300
FAR = -1e6  # an entry this low is projected to probability 0
RIDGE = 1e-3  # makes the solution unique if two examples are equal


def multiclass_svm_coefficients(
    gram: Float[Array, "s s"], one_hot: Float[Array, "s N"], cost: float
) -> Float[Array, "s N"]:
    """α that solves the dual; a query's logits are k(q, ·) α.

    max_α tr αᵀY − ½ tr αᵀKα,  Σ_c α_ic = 0,  α_ic ≤ C Y_ic  (MetaOptNet: Lee, Maji, Ravichandran,
    Soatto 2019, arXiv 1904.03758, §3.3; Crammer, Singer 2001). With α = C (Y − P) the rows of P are
    probabilities, and P is the fixed point of projected gradient steps. It is computed by
    accelerated steps (FISTA, Beck & Teboulle 2009), and differentiated as a fixed point by the
    implicit function theorem. Rows of no class and classes without a row are ignored.
    """
    n_support = len(gram)
    if n_support == 0:
        return one_hot
    rows, classes = taking_part(one_hot)
    regular = among(gram, rows) + RIDGE * jnp.eye(n_support)

    def step(p: Float[Array, "s N"]) -> Float[Array, "s N"]:
        # Largest eigenvalue ≤ largest absolute row sum: a step that needs no decomposition.
        size = 1 / (cost * jnp.abs(regular).sum(axis=1).max())
        ahead = p + size * (cost * regular @ (one_hot - p) - one_hot)
        return project_to_simplex(jnp.where(classes, ahead, FAR))

    start = jnp.broadcast_to(classes / classes.sum(), one_hot.shape)
    p = jax.lax.custom_root(lambda p: step(p) - p, start, lambda _, p: _iterate(step, p), _solve)
    return cost * rows[:, None] * (one_hot - p)


def _iterate(step: Callable[[Array], Array], start: Array) -> Array:
    """Accelerated iteration of ``step``; a step against the previous one resets the momentum.

    The restart makes convergence linear (O'Donoghue, Candès 2015, §3.2).
    """

    def iterate(_: int, carry: tuple[Array, Array, Array]) -> tuple[Array, Array, Array]:
        p, ahead, momentum = carry
        new = step(ahead)
        momentum = jnp.where(((ahead - new) * (new - p)).sum() > 0, 1.0, momentum)
        grown = (1 + jnp.sqrt(1 + 4 * momentum**2)) / 2
        return new, new + (momentum - 1) / grown * (new - p), grown

    return jax.lax.fori_loop(0, ITERATIONS, iterate, (start, start, jnp.ones((), start.dtype)))[0]


def _solve(linear: Callable[[Array], Array], y: Array) -> Array:
    """x with linear(x) = y, solved with a dense matrix, since s·N unknowns are few."""
    matrix = jax.jacobian(linear)(y).reshape(y.size, y.size)
    return jnp.linalg.solve(matrix, y.reshape(-1)).reshape(y.shape)
