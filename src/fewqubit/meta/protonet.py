"""Prototypical networks, with class states in place of prototypes."""

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, ClassVar, Literal, NamedTuple, Self

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray
from pydantic import NonNegativeFloat, PositiveFloat, model_validator

from fewqubit.meta.learner import EmbeddedLearner, MetaLearner, Taught
from fewqubit.meta.outer import embedding_learner
from fewqubit.meta.target import AnyTarget, n_classes
from fewqubit.models.body import AnyArm
from fewqubit.models.model import Model, build_model
from fewqubit.models.network import Params, unit
from fewqubit.models.parts import HEAD
from fewqubit.states.kernels import class_weights
from fewqubit.tasks import FeatureShape, Shape


class EmbeddedClasses(NamedTuple):
    """A task as its embedded support and their one-hot labels."""

    params: Params
    support: Any  # Array, or a Beside
    one_hot: Float[Array, "s n_way"]


class Beside(NamedTuple):
    """Embedded examples, and their own features at length 1."""

    embedded: Array
    unit: Float[Array, "n d"]


class ProtoNet(Taught):
    """Class states: logits_c = τ ⟨ψ_q| ρ_c |ψ_q⟩ with a learned sharpness τ, 15 at the start.

    In classical arms: logits_c = −τ γ ‖f_q − μ_c‖² (Snell et al. 2017, eq. 2), 1 at the start.
    ``temperature`` multiplies where τ starts, in both.

    With ``means: features`` a class is one row in every arm: the mean of its features, each at
    length 1 as queries then are, goes through encoder and circuit. A query meets one state for each
    class, however many shots there are.

    Class states: the fidelity of a query's state to the mean state of each class.

    ``temperature`` is where the learned factor of all similarities starts. With ``cosine``, the
    cosine similarity of the features themselves is added in every arm alike: what the body learns
    is beside it, logits_c = … + s cos(x_q, mean of class c), and s, learned too, starts there.
    """

    pads: ClassVar[bool] = True

    temperature: PositiveFloat = 1.0
    cosine: NonNegativeFloat = 0.0
    means: Literal["states", "features"] = "states"
    kind: Literal["protonet"] = "protonet"

    def build(self, arm: AnyArm, feature_shape: FeatureShape, target: AnyTarget) -> MetaLearner:
        n_way = n_classes(target, self.kind)
        model = build_model(self.encoder, self.circuit, feature_shape, arm)

        def init_params(key: PRNGKeyArray) -> Params:
            head = {"log_temperature": jnp.asarray(math.log(self.temperature), float)}
            if self.cosine:
                head["log_cosine"] = jnp.asarray(math.log(self.cosine), float)
            return {**model.init(key), HEAD: head}

        def adapt(params: Params, rows: Any, y: Int[Array, " s"]) -> EmbeddedClasses:
            return EmbeddedClasses(params, rows, jax.nn.one_hot(y, n_way))

        embed = jax.vmap(model.apply, in_axes=(None, 0))
        if self.means == "features":
            return embedding_learner(init_params, _by_mean_rows(model, n_way), self.training)
        rows = EmbeddedLearner(adapt, partial(class_logits, model), embed)
        if self.cosine:
            beside = partial(beside_cosine, embed)
            rows = EmbeddedLearner(adapt, partial(logits_beside_cosine, model), beside)
        return embedding_learner(init_params, rows, self.training)

    @model_validator(mode="after")
    def _one_mean_at_a_time(self) -> Self:
        if self.cosine and self.means == "features":
            raise ValueError(
                "expected cosine: 0 with means: features, whose states hold the cosine already; "
                "set one of the two"
            )
        return self

    def circuits_of_task(
        self, arm: str, shape: Shape, feature_shape: FeatureShape
    ) -> tuple[int, int]:
        if self.means == "features":
            return 0, self.circuits_to_answer(shape.n_way)
        return super().circuits_of_task(arm, shape, feature_shape)

    def circuits_to_adapt(self, arm: str, n_support: int) -> int:
        """None: class states are compared with queries only."""
        del arm, n_support
        return 0


def _by_mean_rows(model: Model, n_way: int) -> EmbeddedLearner:
    """Features at length 1, their mean in each class, and only then the encoder and the body."""

    def embed(params: Params, rows: Float[Array, "n d"], shape: Sequence[int]) -> Array:
        return jax.vmap(model.apply, in_axes=(None, 0))(params, rows.reshape(len(rows), *shape))

    def adapt(params: Params, x: Array, y: Int[Array, " s"]) -> EmbeddedClasses:
        one_hot = jax.nn.one_hot(y, n_way)
        means = unit(class_weights(one_hot).T @ _unit_rows(x))
        known = jnp.diag((one_hot.sum(axis=0) > 0).astype(means.dtype))
        return EmbeddedClasses(params, embed(params, means, x.shape[1:]), known)

    def predict(classes: EmbeddedClasses, x: Array) -> Float[Array, "q n_way"]:
        return class_logits(model, classes, embed(classes.params, _unit_rows(x), x.shape[1:]))

    return EmbeddedLearner(adapt, predict)


def _unit_rows(x: Float[Array, "N *feature"]) -> Float[Array, "N d"]:
    return unit(x.reshape(len(x), math.prod(x.shape[1:])))


def class_logits(model: Model, classes: EmbeddedClasses, queries: Array) -> Float[Array, "q n_way"]:
    """The similarity of each query to each class, times the learned τ."""
    similarity = model.geometry.similarity(queries, classes.support, classes.one_hot)
    return jnp.exp(classes.params[HEAD]["log_temperature"]) * similarity


def beside_cosine(
    embed: Callable[[Params, Array], Array], params: Params, x: Float[Array, "N *feature"]
) -> Beside:
    """Embedded examples beside their features."""
    return Beside(embed(params, x), _unit_rows(x))


def logits_beside_cosine(
    model: Model, classes: EmbeddedClasses, queries: Beside
) -> Float[Array, "q n_way"]:
    """``class_logits`` of the body, and s times the cosine to the mean of each class."""
    of_body = classes._replace(support=classes.support.embedded)
    means = unit(class_weights(classes.one_hot).T @ classes.support.unit)
    weight = jnp.exp(classes.params[HEAD]["log_cosine"])
    return class_logits(model, of_body, queries.embedded) + weight * queries.unit @ means.T
