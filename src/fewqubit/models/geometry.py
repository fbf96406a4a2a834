"""How features are compared: states by fidelity, vectors by distance."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Complex, Float

from fewqubit.backends.gradients import fubini_study
from fewqubit.errors import SettingsError
from fewqubit.states.kernels import (
    class_fidelities,
    class_means,
    class_weights,
    fidelity_cross,
    projected_cross,
    projected_features,
)

SHARPNESS = 15.0  # a fidelity is at most 1; times this, one class stands out of thousands

Features = Callable[[Array, Array], Array]  # (x, θ) -> features of one example
Blocks = Sequence[Sequence[int]] | None  # entries between weights of different blocks are 0


class Geometry(NamedTuple):
    """How features are compared: kernel, similarity to classes, metric.

    kernel:      (features [a, D], features [b, D]) -> Gram matrix [a, b], 1 on the diagonal
    similarity:  (queries [q, D], support [s, D], labels one-hot [s, N]) -> logits [q, N]: how near
                 each query is to each class; all equal if no class has examples
    metric:      (features(x, θ) of a row, rows x, weights θ [w], blocks of weights or None) ->
                 metric [w, w], the mean over rows: how far features move for a change of weights
    """

    kernel: Callable[[Array, Array], Float[Array, "a b"]]
    similarity: Callable[[Array, Array, Float[Array, "s N"]], Float[Array, "q N"]]
    metric: Callable[[Features, Array, Array, Blocks], Float[Array, "w w"]]


def class_fidelity(
    queries: Complex[Array, "q D"], support: Complex[Array, "s D"], one_hot: Float[Array, "s N"]
) -> Float[Array, "q N"]:
    """15 ⟨ψ_q| ρ_c |ψ_q⟩ with the class state ρ_c = mean over class c of |ψ_s⟩⟨ψ_s|.

    Its logarithm would be closer to a distance. But then the chance overlap of unrelated states,
    2^−n on average, would weigh as much as the overlap of similar ones, and shots would bias it.
    """
    return SHARPNESS * class_fidelities(queries, support, one_hot)


def class_distance(
    queries: Float[Array, "q D"],
    support: Float[Array, "s D"],
    one_hot: Float[Array, "s N"],
    gamma: float = 1.0,
) -> Float[Array, "q N"]:
    """−γ‖f_q − μ_c‖² with the prototype μ_c, the mean of class c (Snell et al. 2017, eq. 1–2)."""
    prototypes = class_weights(one_hot).T @ support
    return -gamma * squared_distances(queries, prototypes)


def rbf_gram(
    a: Float[Array, "a D"], b: Float[Array, "b D"], gamma: float = 1.0
) -> Float[Array, "a b"]:
    """exp(−γ‖f_a − f_b‖²).

    Training the encoder does not find the bandwidth: with small steps the scale of its outputs
    hardly changes. γ is therefore a setting that is searched, like a circuit's bandwidth.
    """
    return jnp.exp(-gamma * squared_distances(a, b))


def squared_distances(a: Float[Array, "a D"], b: Float[Array, "b D"]) -> Float[Array, "a b"]:
    """‖a_i − b_j‖² by the binomial formula: one matrix product instead of a D-fold larger array."""
    norms = (a**2).sum(-1)[:, None] + (b**2).sum(-1)[None, :]
    return jnp.maximum(norms - 2 * a @ b.T, 0.0)


def gauss_newton(
    features: Features, x: Float[Array, "s *feature"], theta: Float[Array, " w"], blocks: Blocks
) -> Float[Array, "w w"]:
    """Mean over rows of JᵀJ, J = ∂f/∂θ: the Fisher information of features with unit noise."""
    jacobian = jax.vmap(jax.jacfwd(features, 1), in_axes=(0, None))(x, theta)
    metric = jnp.einsum("sdv,sdw->vw", jacobian, jacobian) / len(jacobian)
    if blocks is None:
        return metric
    inside = jnp.zeros_like(metric)
    for block in blocks:
        inside = inside.at[jnp.ix_(jnp.array(block), jnp.array(block))].set(1.0)
    return metric * inside


def by_pairs(kernel: Callable[[Array, Array], Float[Array, "a b"]], why_no_metric: str) -> Geometry:
    """The geometry of features that can only be compared in pairs, as on a device.

    Class states are as in ``class_fidelity``. Calling the metric raises SettingsError.
    """

    def similarity(queries: Any, support: Any, one_hot: Float[Array, "s N"]) -> Array:
        return SHARPNESS * class_means(kernel(queries, support), one_hot)

    def metric(features: Features, x: Array, theta: Array, blocks: Blocks) -> Array:
        del features, x, theta, blocks
        raise SettingsError(f"{why_no_metric}; take a learner without one, such as maml")

    return Geometry(kernel, similarity, metric)


def projected(gamma: float) -> Geometry:
    """Projected kernel of one-qubit states: exp(−γ Σ_q ‖ρ_q − ρ′_q‖²_F), and its class means."""

    def kernel(a: Complex[Array, "a D"], b: Complex[Array, "b D"]) -> Float[Array, "a b"]:
        return projected_cross(projected_features(a), projected_features(b), gamma)

    return by_pairs(kernel, "")._replace(metric=fubini_study)


STATES = Geometry(fidelity_cross, class_fidelity, fubini_study)


def vectors(gamma: float) -> Geometry:
    """The geometry of classical arms: squared distances times γ."""
    return Geometry(
        partial(rbf_gram, gamma=gamma), partial(class_distance, gamma=gamma), gauss_newton
    )
