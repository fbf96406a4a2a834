"""Kernel ridge regression onto one-hot labels, differentiable through its solution."""

import jax.numpy as jnp
from jax.scipy.linalg import cho_factor, cho_solve
from jaxtyping import Array, Float


def ridge_coefficients(
    gram: Float[Array, "s s"], one_hot: Float[Array, "s N"], ridge: float | Float[Array, ""]
) -> Float[Array, "s N"]:
    """α = (K + λ I)⁻¹ (Y − 1/N); a query's logits are k(q, ·) α.

    The labels are centred, so that an unseen query (k = 0) is equally far from every class.
    Source: R2-D2, Bertinetto et al. (2019), in its kernel form.
    """
    n_support, n_way = one_hot.shape
    if n_support == 0:
        return one_hot
    regular = gram + ridge * jnp.eye(n_support)
    return cho_solve(cho_factor(regular), one_hot - 1 / n_way)
