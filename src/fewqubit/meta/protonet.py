"""Prototypical networks, with class states in place of prototypes."""

from collections.abc import Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from fewqubit.config import ProtoNet
from fewqubit.meta.accuracy import cross_entropy
from fewqubit.meta.learner import MetaLearner
from fewqubit.meta.outer import episodic_learner
from fewqubit.models.body import AnyArm
from fewqubit.models.model import Model, build_model
from fewqubit.models.network import Params
from fewqubit.tasks import Task


class Classes(NamedTuple):
    """A task as its embedded support and their one-hot labels."""

    params: Params
    support: Array
    one_hot: Float[Array, "s n_way"]


def protonet(
    settings: ProtoNet, arm: AnyArm, feature_shape: Sequence[int], n_way: int
) -> MetaLearner:
    """Class states: logits_c = τ ⟨ψ_q| ρ_c |ψ_q⟩ with a learned sharpness τ, 15 at the start.

    In classical arms: logits_c = −τ ‖f_q − μ_c‖² (Snell et al. 2017, eq. 2).
    """
    model = build_model(settings.encoder, settings.circuit, feature_shape, arm)
    embed = jax.vmap(model.apply, in_axes=(None, 0))

    def init_params(key: PRNGKeyArray) -> Params:
        return {**model.init(key), "head": {"log_temperature": jnp.zeros(())}}

    def adapt(params: Params, x: Float[Array, "s *feature"], y: Int[Array, " s"]) -> Classes:
        return Classes(params, embed(params, x), jax.nn.one_hot(y, n_way))

    def predict(classes: Classes, x: Float[Array, "q *feature"]) -> Float[Array, "q n_way"]:
        return class_logits(model, classes, embed(classes.params, x))

    def both(params: Params, task: Task) -> tuple[Float[Array, ""], Float[Array, "q n_way"]]:
        """``outer.both_ways`` of the query loss, with each example embedded once."""
        rows = embed(params, jnp.concatenate([task.support_x, task.query_x]))
        support, query = rows[: len(task.support_y)], rows[len(task.support_y) :]
        sides = (support, task.support_y), (query, task.query_y)
        teach, ask = (Classes(params, x, jax.nn.one_hot(y, n_way)) for x, y in sides)
        there, back = class_logits(model, teach, query), class_logits(model, ask, support)
        losses = cross_entropy(there, task.query_y), cross_entropy(back, task.support_y)
        return sum(losses) / 2, there

    loss = both if settings.training.both_ways else None
    return episodic_learner(init_params, adapt, predict, settings.training, loss)


def class_logits(model: Model, classes: Classes, queries: Array) -> Float[Array, "q n_way"]:
    """How near each query's features are to each class, times what is learned of τ."""
    similarity = model.geometry.similarity(queries, classes.support, classes.one_hot)
    return jnp.exp(classes.params["head"]["log_temperature"]) * similarity
