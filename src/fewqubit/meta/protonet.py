"""Prototypical networks, with class states in place of prototypes."""

import math
from functools import partial
from typing import ClassVar, Literal, NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray
from pydantic import PositiveFloat

from fewqubit.meta.learner import MetaLearner, Taught
from fewqubit.meta.outer import OnRows, embedding_learner
from fewqubit.meta.target import AnyTarget, n_classes
from fewqubit.models.body import AnyArm
from fewqubit.models.model import Model, build_model
from fewqubit.models.network import Params
from fewqubit.models.parts import HEAD
from fewqubit.tasks import FeatureShape


class EmbeddedClasses(NamedTuple):
    """A task as its embedded support and their one-hot labels."""

    params: Params
    support: Array
    one_hot: Float[Array, "s n_way"]


class ProtoNet(Taught):
    """Class states: logits_c = τ ⟨ψ_q| ρ_c |ψ_q⟩ with a learned sharpness τ, 15 at the start.

    In classical arms: logits_c = −τ γ ‖f_q − μ_c‖² (Snell et al. 2017, eq. 2), 1 at the start.
    ``temperature`` multiplies where τ starts, in both.

    Class states: the fidelity of a query's state to the mean state of each class.

    ``temperature`` is where the learned factor of all similarities starts.
    """

    pads: ClassVar[bool] = True

    temperature: PositiveFloat = 1.0
    kind: Literal["protonet"] = "protonet"

    def build(self, arm: AnyArm, feature_shape: FeatureShape, target: AnyTarget) -> MetaLearner:
        n_way = n_classes(target, self.kind)
        model = build_model(self.encoder, self.circuit, feature_shape, arm)

        def init_params(key: PRNGKeyArray) -> Params:
            return {
                **model.init(key),
                HEAD: {"log_temperature": jnp.asarray(math.log(self.temperature), float)},
            }

        def adapt(params: Params, rows: Array, y: Int[Array, " s"]) -> EmbeddedClasses:
            return EmbeddedClasses(params, rows, jax.nn.one_hot(y, n_way))

        rows = OnRows(adapt, partial(class_logits, model), jax.vmap(model.apply, in_axes=(None, 0)))
        return embedding_learner(init_params, rows, self.training)

    def circuits_to_adapt(self, arm: str, n_support: int) -> int:
        """None: class states are met by queries alone."""
        del arm, n_support
        return 0


def class_logits(model: Model, classes: EmbeddedClasses, queries: Array) -> Float[Array, "q n_way"]:
    """How near each query's features are to each class, times what is learned of τ."""
    similarity = model.geometry.similarity(queries, classes.support, classes.one_hot)
    return jnp.exp(classes.params[HEAD]["log_temperature"]) * similarity
