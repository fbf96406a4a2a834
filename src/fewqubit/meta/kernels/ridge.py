"""QSVM(x; θ): a kernel whose encoder and circuit are meta-learned on the query loss."""

import math

import jax.numpy as jnp
from jaxtyping import Array, PRNGKeyArray

from fewqubit.meta.kernels.choice import choosing, undecided
from fewqubit.meta.kernels.machine import Kernel, kernel_machine, kernel_of, one_versus_rest
from fewqubit.meta.learner import EmbeddedLearner, MetaLearner
from fewqubit.meta.outer import embedding_learner
from fewqubit.meta.settings.kernels import KernelRidge
from fewqubit.meta.target import AnyTarget, n_classes
from fewqubit.models.body import AnyArm
from fewqubit.models.heads import ridge_coefficients, svm_coefficients
from fewqubit.models.model import build_model
from fewqubit.models.network import Params
from fewqubit.models.parts import HEAD
from fewqubit.tasks import FeatureShape


def build(
    learner: KernelRidge, arm: AnyArm, feature_shape: FeatureShape, target: AnyTarget
) -> MetaLearner:
    """Ridge or SVM head on a Gram matrix, meta-learned through the ridge head."""
    n_way = n_classes(target, learner.kind)
    model = build_model(learner.encoder, learner.circuit, feature_shape, arm)

    def init_params(key: PRNGKeyArray) -> Params:
        # An explicit dtype: weakly typed numbers would cause a second compilation.
        head = {
            "log_temperature": jnp.asarray(math.log(learner.temperature), float),
            "log_ridge": jnp.asarray(math.log(learner.ridge), float),
        }
        return {**model.init(key), HEAD: head, **undecided(learner)}

    def ridge(gram: Array, one_hot: Array, params: Params) -> Array:
        return ridge_coefficients(gram, one_hot, jnp.exp(params[HEAD]["log_ridge"]))

    def support_vectors(gram: Array, one_hot: Array, _: Params) -> Array:
        return svm_coefficients(gram, one_hot, learner.svm_cost)

    def tested(kernel: Kernel) -> EmbeddedLearner:
        if learner.test_head == "svm":
            return kernel_machine(kernel, n_way, support_vectors, one_versus_rest)
        return kernel_machine(kernel, n_way, ridge, tempered)

    trained = kernel_machine(kernel_of(model), n_way, ridge, tempered)
    made = embedding_learner(init_params, trained, learner.training)
    if learner.test_head == "svm":
        made = made.answering_by(tested(kernel_of(model)))
    return choosing(made, learner, arm, feature_shape, tested)


def tempered(similarity: Array, coefficients: Array, params: Params) -> Array:
    """τ k(q, ·) α."""
    return jnp.exp(params[HEAD]["log_temperature"]) * similarity @ coefficients
