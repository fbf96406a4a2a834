"""A circuit conditioned on an embedding of the task; no gradient at adaptation."""

import math
from typing import ClassVar, Literal

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray
from pydantic import PositiveFloat

from fewqubit.base.values import Width
from fewqubit.circuits.drawn import circuits_of
from fewqubit.meta.learner import MetaLearner, Taught
from fewqubit.meta.outer import episodic_learner
from fewqubit.meta.protonet import EmbeddedClasses, class_logits
from fewqubit.meta.target import AnyTarget, n_classes
from fewqubit.models.body import AnyArm
from fewqubit.models.model import build_model
from fewqubit.models.network import Params, affine, dense
from fewqubit.models.parts import FILM, HEAD
from fewqubit.tasks import FeatureShape, Inputs, Shape, n_examples


class Conditioned(Taught):
    """φ_k(x) = γ(z_k) ∘ g_w(x) + β(z_k), then class states as in ``protonet``.

    z_k is the mean reading of the support under γ = 1, β = 0: names of classes play no part in it.
    A network of one hidden layer, which starts from γ = 1, β = 0, gives log γ and β (task
    conditioning as in TADAM: Oreshkin et al. 2018, arXiv 1805.10123, §2.2, on angles in place of
    channels). θ is shared; a task adapts by two passes over its support.

    Class states of a circuit whose angles a task's own embedding shifts and scales.
    """

    reads: ClassVar[bool] = True

    temperature: PositiveFloat = 1.0
    hidden: Width = 16
    kind: Literal["conditioned"] = "conditioned"

    def build(self, arm: AnyArm, feature_shape: FeatureShape, target: AnyTarget) -> MetaLearner:
        n_way = n_classes(target, self.kind)
        model = build_model(self.encoder, self.circuit, feature_shape, arm)
        embed = jax.vmap(model.apply, in_axes=(None, 0))
        n_summary = self.circuit.n_qubits

        def init_params(key: PRNGKeyArray) -> Params:
            key_model, key_task = jax.random.split(key)
            out = {
                "weights": jnp.zeros((self.hidden, 2 * model.n_inputs)),
                "bias": jnp.zeros(2 * model.n_inputs),
            }
            task = {"in": dense(key_task, n_summary, self.hidden), "out": out}
            head = {"log_temperature": jnp.asarray(math.log(self.temperature), float), "task": task}
            return {**model.init(key_model), HEAD: head}

        def summary(params: Params, x: Inputs) -> Float[Array, " n"]:
            readings = jax.vmap(model.read)(embed(params, x))
            return _folded(readings.sum(axis=0) / max(n_examples(x), 1), n_summary)

        def tuned(params: Params, x: Inputs) -> Params:
            task = params[HEAD]["task"]
            hidden = jnp.tanh(affine(task["in"], summary(params, x)))
            log_scale, shift = jnp.split(affine(task["out"], hidden), 2)
            return {**params, FILM: {"scale": jnp.exp(log_scale), "shift": shift}}

        def adapt(params: Params, x: Inputs, y: Int[Array, " s"]) -> EmbeddedClasses:
            own = tuned(params, x)
            return EmbeddedClasses(own, embed(own, x), jax.nn.one_hot(y, n_way))

        def predict(classes: EmbeddedClasses, x: Inputs) -> Float[Array, "q n_way"]:
            return class_logits(model, classes, embed(classes.params, x))

        return episodic_learner(init_params, adapt, predict, self.training)

    def examples_seen(self, shape: Shape) -> int:
        """The support twice; with ``both_ways``, support and query twice."""
        seen, asked = shape.n_way * shape.n_shot, shape.n_way * shape.n_query
        return (2 * seen + asked) + (2 * asked + seen) * self.training.both_ways

    def circuits_to_adapt(self, arm: str, n_support: int) -> int:
        """The task's embedding reads each support example."""
        del arm
        return n_support * len(circuits_of(self.circuit))


def _folded(readings: Float[Array, " r"], n: int) -> Float[Array, " n"]:
    """The same number of entries in every arm: reading r is added to entry r mod n."""
    missing = -len(readings) % n
    return jnp.pad(readings, (0, missing)).reshape(-1, n).sum(axis=0)
