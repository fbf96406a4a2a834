"""Classical bodies of at most a circuit's trained size: what else the same numbers could buy.

With the twin, which has exactly the circuit's size, they are its opponents. Each starts as what is
there without it, so that none begins with a handicap: the identity, or one fixed kernel.
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from fewqubit.models.geometry import SHARPNESS, Geometry, gauss_newton
from fewqubit.models.network import Network, Params, n_parameters
from fewqubit.quantum.kernels import class_means


def affine_network(n: int, size: int) -> Network:
    """φ ↦ φ W + b from W = 1, b = 0, if all n(n + 1) numbers fit ``size``; else s ∘ φ + b of as
    many entries of s, then of b, as fit.
    """
    if size >= n * (n + 1):
        whole = {"weights": jnp.eye(n), "bias": jnp.zeros(n)}
        return Network(
            lambda key: whole, lambda theta, angles: angles @ theta["weights"] + theta["bias"]
        )
    scales, shifts = min(size, n), min(max(size - n, 0), n)

    def apply(theta: Params, angles: Float[Array, " n"]) -> Float[Array, " n"]:
        return (angles * _first(theta["scale"], n, 1.0)) + _first(theta["shift"], n, 0.0)

    return Network(lambda key: {"scale": jnp.ones(scales), "shift": jnp.zeros(shifts)}, apply)


def mlp_network(n: int, size: int) -> Network:
    """φ ↦ φ + W₂ tanh(W₁ φ + b₁) with as many hidden units as fit ``size``, all of it trained.

    W₂ starts from zero. Where not one unit fits, it is the identity.
    """
    hidden = size // (2 * n + 1)

    def init(key: PRNGKeyArray) -> Params:
        weights = jax.random.normal(key, (n, hidden)) * n**-0.5
        return {"in": weights, "bias": jnp.zeros(hidden), "out": jnp.zeros((hidden, n))}

    def apply(theta: Params, angles: Float[Array, " n"]) -> Float[Array, " n"]:
        return angles + jnp.tanh(angles @ theta["in"] + theta["bias"]) @ theta["out"]

    return Network(init, apply)


def rbf_network(n: int, size: int, n_outputs: int, gamma: float) -> Network:
    """z(s ∘ φ), z = √(2/D) (cos Ω·, sin Ω·) of D = ``n_outputs`` numbers, Ω ~ N(0, 2γ).

    E z(φ)·z(φ′) = exp(−γ‖φ − φ′‖²) (Rahimi, Recht 2007, algorithm 1, in pairs); Ω is fixed, of s as
    many entries are trained as fit ``size``.
    """
    pairs = -(-n_outputs // 2)
    random = np.random.default_rng(n_outputs)  # part of the architecture, hence a seed of its own
    frequencies = np.float32((2 * gamma) ** 0.5) * random.standard_normal((n, pairs), np.float32)

    def apply(theta: Float[Array, " scales"], angles: Float[Array, " n"]) -> Array:
        turned = (angles * _first(theta, n, 1.0)) @ jnp.asarray(frequencies, angles.dtype)
        waves = jnp.concatenate([jnp.cos(turned), jnp.sin(turned)])[:n_outputs]
        return (2 / n_outputs) ** 0.5 * waves

    return Network(lambda key: jnp.ones(min(size, n)), apply)


def inner_product(a: Float[Array, "a D"], b: Float[Array, "b D"]) -> Float[Array, "a b"]:
    """f_a · f_b: the kernel of features that are a kernel's own."""
    return a @ b.T


def class_product(
    queries: Float[Array, "q D"], support: Float[Array, "s D"], one_hot: Float[Array, "s N"]
) -> Float[Array, "q N"]:
    """15 times the mean kernel with class c: as ``class_fidelity`` has it of states."""
    return SHARPNESS * class_means(inner_product(queries, support), one_hot)


PRODUCTS = Geometry(inner_product, class_product, gauss_newton)


def trained_size(init: Callable[[PRNGKeyArray], Params]) -> int:
    """How many trained numbers ``init`` makes; nothing is computed."""
    return n_parameters(jax.eval_shape(init, jax.random.key(0)))


def _first(values: Float[Array, " k"], n: int, rest: float) -> Float[Array, " n"]:
    """``values``, then ``rest`` up to n numbers."""
    return jnp.concatenate([values, jnp.full(n - len(values), rest, values.dtype)])
