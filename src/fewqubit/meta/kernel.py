"""QSVM(x; θ): a kernel whose encoder and circuit are meta-learned on the query loss."""

import math
from typing import Literal

import jax.numpy as jnp
from jaxtyping import Array, PRNGKeyArray
from pydantic import PositiveFloat

from fewqubit.meta.kernel_machine import kernel_machine, one_versus_rest
from fewqubit.meta.learner import MetaLearner, Taught
from fewqubit.meta.outer import embedding_learner
from fewqubit.meta.target import AnyTarget, n_classes
from fewqubit.models.body import AnyArm
from fewqubit.models.heads import ridge_coefficients, svm_coefficients
from fewqubit.models.model import build_model
from fewqubit.models.network import Params
from fewqubit.models.parts import HEAD
from fewqubit.tasks import FeatureShape


class KernelRidge(Taught):
    """logits = τ k_θ(q, ·) α with α from the ridge head, through which θ is trained.

    Temperature τ and ridge λ are meta-learned with θ (R2-D2, Bertinetto et al. 2019, §3.3).
    With ``test_head: svm`` tasks are adapted by the SVM head once training is over.

    QSVM(x; θ): quantum Gram matrix, ridge head in training, ridge or SVM at test.

    ``temperature`` and ``ridge`` are learned; here is where they start.
    """

    temperature: PositiveFloat = 10.0
    ridge: PositiveFloat = 0.1
    test_head: Literal["ridge", "svm"] = "ridge"
    svm_cost: PositiveFloat = 1.0
    kind: Literal["kernel"] = "kernel"

    def build(self, arm: AnyArm, feature_shape: FeatureShape, target: AnyTarget) -> MetaLearner:
        n_way = n_classes(target, self.kind)
        model = build_model(self.encoder, self.circuit, feature_shape, arm)

        def init_params(key: PRNGKeyArray) -> Params:
            # A dtype of their own: weakly typed numbers would be compiled for twice.
            head = {
                "log_temperature": jnp.asarray(math.log(self.temperature), float),
                "log_ridge": jnp.asarray(math.log(self.ridge), float),
            }
            return {**model.init(key), HEAD: head}

        def ridge(gram: Array, one_hot: Array, params: Params) -> Array:
            return ridge_coefficients(gram, one_hot, jnp.exp(params[HEAD]["log_ridge"]))

        def support_vectors(gram: Array, one_hot: Array, _: Params) -> Array:
            return svm_coefficients(gram, one_hot, self.svm_cost)

        trained = kernel_machine(model, n_way, ridge, tempered)
        learner = embedding_learner(init_params, trained, self.training)
        if self.test_head == "ridge":
            return learner
        tested = kernel_machine(model, n_way, support_vectors, one_versus_rest)
        adapt, predict = tested.on_examples()
        return learner._replace(adapt=adapt, predict=predict, rows=tested)


def tempered(similarity: Array, coefficients: Array, params: Params) -> Array:
    """τ k(q, ·) α."""
    return jnp.exp(params[HEAD]["log_temperature"]) * similarity @ coefficients
