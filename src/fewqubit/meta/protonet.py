"""Prototypical networks with class states as prototypes."""

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from fewqubit.meta.learner import EmbeddedLearner, MetaLearner
from fewqubit.meta.outer import embedding_learner
from fewqubit.meta.settings.prototypes import ProtoNet
from fewqubit.meta.target import AnyTarget, n_classes
from fewqubit.models.body import AnyArm
from fewqubit.models.model import Model, build_model
from fewqubit.models.network import Params, unit
from fewqubit.models.parts import HEAD
from fewqubit.states.kernels import class_weights
from fewqubit.tasks import FeatureShape


class EmbeddedClasses(NamedTuple):
    """A task as its embedded support and their one-hot labels."""

    params: Params
    support: Any  # Array, or WithUnitRows
    one_hot: Float[Array, "s n_way"]


class WithUnitRows(NamedTuple):
    """Embedded examples, and their raw features scaled to length 1."""

    embedded: Array
    unit: Float[Array, "n d"]


def build(
    learner: ProtoNet, arm: AnyArm, feature_shape: FeatureShape, target: AnyTarget
) -> MetaLearner:
    """Class states; with ``means: features`` a class becomes one row before the circuit."""
    n_way = n_classes(target, learner.kind)
    model = build_model(learner.encoder, learner.circuit, feature_shape, arm)

    def init_params(key: PRNGKeyArray) -> Params:
        head = {"log_temperature": jnp.asarray(math.log(learner.temperature), float)}
        if learner.cosine:
            head["log_cosine"] = jnp.asarray(math.log(learner.cosine), float)
        return {**model.init(key), HEAD: head}

    def adapt(params: Params, rows: Any, y: Int[Array, " s"]) -> EmbeddedClasses:
        return EmbeddedClasses(params, rows, jax.nn.one_hot(y, n_way))

    embed = jax.vmap(model.apply, in_axes=(None, 0))
    if learner.means == "features":
        return embedding_learner(init_params, _by_mean_rows(model, n_way), learner.training)
    rows = EmbeddedLearner(adapt, partial(class_logits, model), embed)
    if learner.cosine:
        embed_both = partial(embed_with_unit_rows, embed)
        rows = EmbeddedLearner(adapt, partial(logits_with_cosine, model), embed_both)
    return embedding_learner(init_params, rows, learner.training)


def _by_mean_rows(model: Model, n_way: int) -> EmbeddedLearner:
    """Scale features to length 1, average them in each class, then apply encoder and body."""

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


def embed_with_unit_rows(
    embed: Callable[[Params, Array], Array], params: Params, x: Float[Array, "N *feature"]
) -> WithUnitRows:
    """Embedded examples, together with their raw features."""
    return WithUnitRows(embed(params, x), _unit_rows(x))


def logits_with_cosine(
    model: Model, classes: EmbeddedClasses, queries: WithUnitRows
) -> Float[Array, "q n_way"]:
    """``class_logits`` of the body, plus s times the cosine to the mean of each class."""
    of_body = classes._replace(support=classes.support.embedded)
    means = unit(class_weights(classes.one_hot).T @ classes.support.unit)
    weight = jnp.exp(classes.params[HEAD]["log_cosine"])
    return class_logits(model, of_body, queries.embedded) + weight * queries.unit @ means.T
