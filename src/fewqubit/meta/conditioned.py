"""A circuit conditioned on an embedding of the task; no gradient at adaptation."""

import math

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray

from fewqubit.meta.learner import MetaLearner
from fewqubit.meta.outer import episodic_learner
from fewqubit.meta.protonet import EmbeddedClasses, class_logits
from fewqubit.meta.settings.prototypes import Conditioned
from fewqubit.meta.target import AnyTarget, is_labelled, n_classes
from fewqubit.models.body import AnyArm
from fewqubit.models.model import build_model
from fewqubit.models.network import Params, affine, dense
from fewqubit.models.parts import FILM, HEAD
from fewqubit.tasks import FeatureShape, Inputs


def build(
    learner: Conditioned, arm: AnyArm, feature_shape: FeatureShape, target: AnyTarget
) -> MetaLearner:
    """Class states of a circuit conditioned on the embedding of the task."""
    n_way = n_classes(target, learner.kind)
    model = build_model(learner.encoder, learner.circuit, feature_shape, arm)
    embed = jax.vmap(model.apply, in_axes=(None, 0))
    n_summary = learner.circuit.n_qubits

    def init_params(key: PRNGKeyArray) -> Params:
        key_model, key_task = jax.random.split(key)
        out = {
            "weights": jnp.zeros((learner.hidden, 2 * model.n_inputs)),
            "bias": jnp.zeros(2 * model.n_inputs),
        }
        task = {"in": dense(key_task, n_summary, learner.hidden), "out": out}
        head = {"log_temperature": jnp.asarray(math.log(learner.temperature), float), "task": task}
        return {**model.init(key_model), HEAD: head}

    def summary(params: Params, x: Inputs, labelled: Bool[Array, " s"]) -> Float[Array, " n"]:
        readings = jax.vmap(model.read)(embed(params, x)) * labelled[:, None]
        return _folded(readings.sum(axis=0) / jnp.maximum(labelled.sum(), 1), n_summary)

    def tuned(params: Params, x: Inputs, labelled: Bool[Array, " s"]) -> Params:
        task = params[HEAD]["task"]
        hidden = jnp.tanh(affine(task["in"], summary(params, x, labelled)))
        log_scale, shift = jnp.split(affine(task["out"], hidden), 2)
        return {**params, FILM: {"scale": jnp.exp(log_scale), "shift": shift}}

    def adapt(params: Params, x: Inputs, y: Int[Array, " s"]) -> EmbeddedClasses:
        conditioned = tuned(params, x, is_labelled(y))
        return EmbeddedClasses(conditioned, embed(conditioned, x), jax.nn.one_hot(y, n_way))

    def predict(classes: EmbeddedClasses, x: Inputs) -> Float[Array, "q n_way"]:
        return class_logits(model, classes, embed(classes.params, x))

    return episodic_learner(init_params, adapt, predict, learner.training)


def _folded(readings: Float[Array, " r"], n: int) -> Float[Array, " n"]:
    """Readings folded to n entries, the same number in every arm: reading r goes to r mod n."""
    missing = -len(readings) % n
    return jnp.pad(readings, (0, missing)).reshape(-1, n).sum(axis=0)
