"""MAML whose circuit moves along the quantum natural gradient."""

from typing import Literal

import jax
from jax.flatten_util import ravel_pytree
from jaxtyping import Array, Float
from pydantic import PositiveFloat

from fewqubit.base.values import Width
from fewqubit.gradients import natural_direction
from fewqubit.meta.learner import MetaLearner
from fewqubit.meta.maml import LearnedStart, learned_start
from fewqubit.meta.target import AnyTarget
from fewqubit.models.arms import build_body
from fewqubit.models.body import AnyArm
from fewqubit.models.classical import trained_size
from fewqubit.models.model import Model, build_model
from fewqubit.models.network import Params
from fewqubit.models.parts import CIRCUIT
from fewqubit.tasks import FeatureShape, Inputs, n_examples


class Natural(LearnedStart):
    """θ_{t+1} = θ_t − α (F + λ)⁻¹ ∇_θ L_support; encoder and readout by plain gradient.

    F is the Fubini–Study metric of the support's states, their mean (Stokes et al. 2020, arXiv
    1909.02108); in classical arms JᵀJ, the Fisher information of the features. F is the whole
    matrix, which is affordable in simulation, or its diagonal blocks of ``block`` consecutive
    weights, which a device can measure. The outer gradient is taken through F as well.

    ``maml`` whose circuit moves along the quantum natural gradient.

    ``damping`` is added to the diagonal of the metric; ``block=k`` keeps only its k × k diagonal
    blocks.
    """

    adapts: Literal["all", "circuit"] = "all"
    damping: PositiveFloat = 0.1
    block: Width | None = None
    kind: Literal["natural"] = "natural"

    def build(self, arm: AnyArm, feature_shape: FeatureShape, target: AnyTarget) -> MetaLearner:
        model = build_model(self.encoder, self.circuit, feature_shape, arm, reads=True)

        def direction(params: Params, now: Params, gradient: Params, x: Inputs) -> Params:
            slope, unravel = ravel_pytree(gradient[CIRCUIT])
            if slope.size and n_examples(x):  # else there is nothing to move, or nothing to move it
                metric = circuit_metric(model, {**params, **now}, x, self.block)
                whole = {**gradient, CIRCUIT: slope}
                gradient = natural_direction(whole, {CIRCUIT: metric}, self.damping)
                gradient = {**gradient, CIRCUIT: unravel(gradient[CIRCUIT])}
            return jax.tree.map(lambda g: self.inner_lr * g, gradient)

        return learned_start(self, model, target, direction)

    def circuits_of_metric(self, arm: str) -> int:
        """Four for each pair of weights in a block (Mari et al. 2021, arXiv 2008.06517, §V)."""
        body = build_body(self.circuit, arm, reads=True)
        n_weights = trained_size(body.init)
        block = min(self.block or n_weights, n_weights)
        sizes = [min(block, n_weights - start) for start in range(0, n_weights, block or 1)]
        return 4 * sum(size * (size + 1) // 2 for size in sizes)


def circuit_metric(
    model: Model, params: Params, x: Inputs, block: int | None
) -> Float[Array, "w w"]:
    """The metric of the circuit's weights, averaged over examples."""
    theta, unravel = ravel_pytree(params[CIRCUIT])

    def features(one: Float[Array, "*feature"], theta: Float[Array, " w"]) -> Array:
        return model.apply({**params, CIRCUIT: unravel(theta)}, one)

    places = range(theta.size)
    blocks = None if block is None else [places[n : n + block] for n in places[::block]]
    return model.geometry.metric(features, x, theta, blocks)
