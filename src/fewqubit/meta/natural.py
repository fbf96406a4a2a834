"""MAML whose circuit adapts along the quantum natural gradient."""

import jax
import jax.numpy as jnp
from jax.flatten_util import ravel_pytree
from jaxtyping import Array, Bool, Float

from fewqubit.backends.gradients import natural_direction
from fewqubit.meta.learner import MetaLearner
from fewqubit.meta.maml import learned_start
from fewqubit.meta.settings.start import Natural
from fewqubit.meta.target import AnyTarget
from fewqubit.models.body import AnyArm
from fewqubit.models.model import Model, build_model
from fewqubit.models.network import Params
from fewqubit.models.parts import CIRCUIT
from fewqubit.tasks import FeatureShape, Inputs, n_examples


def build(
    learner: Natural, arm: AnyArm, feature_shape: FeatureShape, target: AnyTarget
) -> MetaLearner:
    """``maml`` along the natural gradient of the circuit."""
    model = build_model(learner.encoder, learner.circuit, feature_shape, arm, reads=True)

    def direction(
        params: Params, now: Params, gradient: Params, x: Inputs, labelled: Array
    ) -> Params:
        slope, unravel = ravel_pytree(gradient[CIRCUIT])
        if slope.size and n_examples(x):  # else there is no weight, or no gradient
            metric = circuit_metric(model, {**params, **now}, x, labelled, learner.block)
            flattened = {**gradient, CIRCUIT: slope}
            gradient = natural_direction(flattened, {CIRCUIT: metric}, learner.damping)
            gradient = {**gradient, CIRCUIT: unravel(gradient[CIRCUIT])}
        return jax.tree.map(lambda g: learner.inner_lr * g, gradient)

    return learned_start(learner, model, target, direction)


def circuit_metric(
    model: Model, params: Params, x: Inputs, labelled: Bool[Array, " s"], block: int | None
) -> Float[Array, "w w"]:
    """The metric of the circuit's weights, averaged over the examples that have a label."""
    theta, unravel = ravel_pytree(params[CIRCUIT])

    def features(row: tuple[Inputs, Bool[Array, ""]], theta: Float[Array, " w"]) -> Array:
        one, counts = row
        theta = jnp.where(counts, theta, jax.lax.stop_gradient(theta))  # no label: adds nothing
        return model.apply({**params, CIRCUIT: unravel(theta)}, one)

    places = range(theta.size)
    blocks = None if block is None else [places[n : n + block] for n in places[::block]]
    mean = model.geometry.metric(features, (x, labelled), theta, blocks)
    return mean * (len(labelled) / jnp.maximum(labelled.sum(), 1))
