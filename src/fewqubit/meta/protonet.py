"""Prototypical networks, with class states in place of prototypes."""

import math
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from fewqubit.config import ProtoNet
from fewqubit.meta.learner import MetaLearner
from fewqubit.meta.outer import embedding_learner
from fewqubit.meta.rows import OnRows
from fewqubit.models.body import AnyArm
from fewqubit.models.model import Model, build_model
from fewqubit.models.network import Params


class Classes(NamedTuple):
    """A task as its embedded support and their one-hot labels."""

    params: Params
    support: Array
    one_hot: Float[Array, "s n_way"]


def protonet(
    settings: ProtoNet, arm: AnyArm, feature_shape: Sequence[int], n_way: int
) -> MetaLearner:
    """Class states: logits_c = τ ⟨ψ_q| ρ_c |ψ_q⟩ with a learned sharpness τ, 15 at the start.

    In classical arms: logits_c = −τ γ ‖f_q − μ_c‖² (Snell et al. 2017, eq. 2), 1 at the start.
    ``temperature`` multiplies where τ starts, in both.
    """
    model = build_model(settings.encoder, settings.circuit, feature_shape, arm)

    def init_params(key: PRNGKeyArray) -> Params:
        return {
            **model.init(key),
            "head": {"log_temperature": jnp.asarray(math.log(settings.temperature), float)},
        }

    def adapt(params: Params, rows: Array, y: Int[Array, " s"]) -> Classes:
        return Classes(params, rows, jax.nn.one_hot(y, n_way))

    rows = OnRows(adapt, partial(class_logits, model), jax.vmap(model.apply, in_axes=(None, 0)))
    return embedding_learner(init_params, rows, settings.training)


def class_logits(model: Model, classes: Classes, queries: Array) -> Float[Array, "q n_way"]:
    """How near each query's features are to each class, times what is learned of τ."""
    similarity = model.geometry.similarity(queries, classes.support, classes.one_hot)
    return jnp.exp(classes.params["head"]["log_temperature"]) * similarity
