"""QSVM(x; θ): a kernel whose encoder and circuit are meta-learned on the query loss."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from fewqubit.config import KernelRidge
from fewqubit.heads import ridge_coefficients, svm_coefficients
from fewqubit.meta.learner import MetaLearner
from fewqubit.meta.outer import episodic_learner
from fewqubit.models.model import build_model
from fewqubit.models.network import Params

TEMPERATURE = 10.0  # at the start: ridge regression onto labels gives logits within ±1


class KernelMachine(NamedTuple):
    """A task as its embedded support and the dual coefficients of each class."""

    params: Params
    support: Array
    coefficients: Float[Array, "s n_way"]


def kernel(
    settings: KernelRidge, arm: str, feature_shape: Sequence[int], n_way: int
) -> MetaLearner:
    """logits = τ k_θ(q, ·) α with α from the ridge head, through which θ is trained.

    Temperature τ and ridge λ are meta-learned with θ (R2-D2, Bertinetto et al. 2019, §3.3).
    With ``test_head: svm`` tasks are adapted by the SVM head once training is over.
    """
    model = build_model(settings.encoder, settings.circuit, feature_shape, arm)
    embed = jax.vmap(model.apply, in_axes=(None, 0))
    gram = model.geometry.kernel

    def init_params(key: PRNGKeyArray) -> Params:
        # A dtype of their own: weakly typed numbers would be compiled for twice.
        head = {
            "log_temperature": jnp.asarray(math.log(TEMPERATURE), float),
            "log_ridge": jnp.asarray(math.log(settings.ridge), float),
        }
        return {**model.init(key), "head": head}

    def adapt_ridge(
        params: Params, x: Float[Array, "s *feature"], y: Int[Array, " s"]
    ) -> KernelMachine:
        support, one_hot = embed(params, x), jax.nn.one_hot(y, n_way)
        ridge = jnp.exp(params["head"]["log_ridge"])
        return KernelMachine(
            params, support, ridge_coefficients(gram(support, support), one_hot, ridge)
        )

    def adapt_svm(
        params: Params, x: Float[Array, "s *feature"], y: Int[Array, " s"]
    ) -> KernelMachine:
        support, one_hot = embed(params, x), jax.nn.one_hot(y, n_way)
        coefficients = svm_coefficients(gram(support, support), one_hot, settings.svm_cost)
        return KernelMachine(params, support, coefficients)

    def predict(machine: KernelMachine, x: Float[Array, "q *feature"]) -> Float[Array, "q n_way"]:
        similarity = gram(embed(machine.params, x), machine.support)
        return (
            jnp.exp(machine.params["head"]["log_temperature"]) * similarity @ machine.coefficients
        )

    def predict_svm(
        machine: KernelMachine, x: Float[Array, "q *feature"]
    ) -> Float[Array, "q n_way"]:
        return (gram(embed(machine.params, x), machine.support) + 1) @ machine.coefficients

    trained = episodic_learner(init_params, adapt_ridge, predict, settings.training)
    if settings.test_head == "svm":
        return trained._replace(adapt=adapt_svm, predict=predict_svm)
    return trained
