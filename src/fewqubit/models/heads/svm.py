"""One-versus-rest support vector machines on a Gram matrix, all classes at once, in JAX."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from fewqubit.models.heads.part import among, taking_part

ITERATIONS = 300


def svm_coefficients(
    gram: Float[Array, "s s"], one_hot: Float[Array, "s N"], cost: float
) -> Float[Array, "s N"]:
    """β = α ⊙ y with α the solution of the dual, one column for each class against the rest.

    max_α 1ᵀα − ½ (α⊙y)ᵀ (K + 1) (α⊙y),  0 ≤ α ≤ C,  y = ±1; a query's logits are (k(q, ·) + 1) β.
    K + 1 makes the bias a penalised weight, which drops the dual's equality constraint
    (Mangasarian & Musicant 1999). Solved by accelerated projected gradient with a fixed number of
    steps (FISTA, Beck & Teboulle 2009). Every step treats all examples alike, so their order
    changes nothing but rounding. Rows of no class are ignored.
    """
    signs = 2 * one_hot - 1
    rows, _ = taking_part(one_hot)
    quadratic = among(gram + 1, rows)
    # Largest eigenvalue ≤ largest absolute row sum: a step that needs no decomposition.
    step = 1 / jnp.abs(quadratic).sum(axis=1).max(initial=1.0)

    def iterate(_: int, carry: tuple[Array, Array, Array]) -> tuple[Array, Array, Array]:
        alpha, ahead, momentum = carry
        gradient = 1 - signs * (quadratic @ (signs * ahead))
        new = jnp.clip(ahead + step * gradient, 0, cost * rows[:, None])
        grown = (1 + jnp.sqrt(1 + 4 * momentum**2)) / 2
        return new, new + (momentum - 1) / grown * (new - alpha), grown

    start = jnp.zeros_like(one_hot)
    alpha, _, _ = jax.lax.fori_loop(0, ITERATIONS, iterate, (start, start, jnp.array(1.0)))
    return alpha * signs
