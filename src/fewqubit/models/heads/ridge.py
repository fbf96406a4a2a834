"""Kernel ridge regression onto one-hot labels, differentiable through its solution."""

import jax.numpy as jnp
from jax.scipy.linalg import cho_factor, cho_solve
from jaxtyping import Array, Float

from fewqubit.models.heads.part import among, taking_part


def ridge_coefficients(
    gram: Float[Array, "s s"], one_hot: Float[Array, "s N"], ridge: float | Float[Array, ""]
) -> Float[Array, "s N"]:
    """α = (K + λ I)⁻¹ (Y − 1/N); a query's logits are k(q, ·) α.

    The labels are centred, so that a query unlike all examples (k = 0) is equally far from every
    class. N counts the classes that have a row. Rows of no class are ignored.
    Source: R2-D2, Bertinetto et al. (2019), in its kernel form.
    """
    if len(gram) == 0:
        return one_hot
    rows, classes = taking_part(one_hot)
    regular = among(gram, rows) + ridge * jnp.eye(len(gram))
    return cho_solve(cho_factor(regular), rows[:, None] * (one_hot - 1 / classes.sum()))
