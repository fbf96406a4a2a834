"""Classical bodies with at most as many trained parameters as a circuit.

They and the twin, which has exactly the circuit's size, are its opponents. Each starts as the
identity or as one fixed kernel, so that none begins with a handicap. The deviations from that
start are trained, so that weight decay pulls back to the start and not to zero.
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from fewqubit.models.geometry import SHARPNESS, Geometry, gauss_newton
from fewqubit.models.network import Network, Params, n_parameters
from fewqubit.states.kernels import class_means


def affine_network(n: int, size: int) -> Network:
    """φ ↦ φ + φ V + b, initially V = b = 0, if all n(n + 1) numbers fit into ``size``.

    Otherwise φ + v ∘ φ + b with as many trained entries, first of v, then of b, as fit.
    """
    if size >= n * (n + 1):
        zeros = {"weights": jnp.zeros((n, n)), "bias": jnp.zeros(n)}
        return Network(
            lambda key: zeros,
            lambda theta, angles: angles + angles @ theta["weights"] + theta["bias"],
        )
    scales, shifts = min(size, n), min(max(size - n, 0), n)

    def apply(theta: Params, angles: Float[Array, " n"]) -> Float[Array, " n"]:
        return angles * (1 + _padded(theta["scale"], n)) + _padded(theta["shift"], n)

    return Network(lambda key: {"scale": jnp.zeros(scales), "shift": jnp.zeros(shifts)}, apply)


def mlp_network(n: int, size: int) -> Network:
    """φ ↦ φ + W₂ tanh(W₁ φ + b₁), all trained, with as many hidden units as fit into ``size``.

    W₂ starts from zero. If no unit fits, the network is the identity.
    """
    hidden = size // (2 * n + 1)

    def init(key: PRNGKeyArray) -> Params:
        weights = jax.random.normal(key, (n, hidden)) * n**-0.5
        return {"in": weights, "bias": jnp.zeros(hidden), "out": jnp.zeros((hidden, n))}

    def apply(theta: Params, angles: Float[Array, " n"]) -> Float[Array, " n"]:
        return angles + jnp.tanh(angles @ theta["in"] + theta["bias"]) @ theta["out"]

    return Network(init, apply)


def rbf_network(n: int, size: int, n_outputs: int, gamma: float) -> Network:
    """z(φ + v ∘ φ), z = √(2/D) (cos Ω·, sin Ω·) with D = ``n_outputs`` numbers, Ω ~ N(0, 2γ).

    E z(φ)·z(φ′) = exp(−γ‖φ − φ′‖²) (Rahimi, Recht 2007, algorithm 1, in pairs). Ω is fixed; as many
    entries of v are trained as fit into ``size``.
    """
    pairs = -(-n_outputs // 2)
    random = np.random.default_rng(n_outputs)  # part of the architecture, hence a fixed seed
    frequencies = np.float32((2 * gamma) ** 0.5) * random.standard_normal((n, pairs), np.float32)

    def apply(theta: Float[Array, " scales"], angles: Float[Array, " n"]) -> Array:
        turned = (angles * (1 + _padded(theta, n))) @ jnp.asarray(frequencies, angles.dtype)
        waves = jnp.concatenate([jnp.cos(turned), jnp.sin(turned)])[:n_outputs]
        return (2 / n_outputs) ** 0.5 * waves

    return Network(lambda key: jnp.zeros(min(size, n)), apply)


def inner_product(a: Float[Array, "a D"], b: Float[Array, "b D"]) -> Float[Array, "a b"]:
    """f_a · f_b: the kernel of explicit (random) kernel features."""
    return a @ b.T


def class_product(
    queries: Float[Array, "q D"], support: Float[Array, "s D"], one_hot: Float[Array, "s N"]
) -> Float[Array, "q N"]:
    """15 times the mean kernel with class c, as ``class_fidelity`` for states."""
    return SHARPNESS * class_means(inner_product(queries, support), one_hot)


PRODUCTS = Geometry(inner_product, class_product, gauss_newton)


def trained_size(init: Callable[[PRNGKeyArray], Params]) -> int:
    """The number of trained parameters that ``init`` makes, from shapes alone."""
    return n_parameters(jax.eval_shape(lambda: init(jax.random.key(0))))


def _padded(values: Float[Array, " k"], n: int) -> Float[Array, " n"]:
    """``values``, then zeros up to n numbers."""
    return jnp.pad(values, (0, n - len(values)))
