"""A kernel meta-learned through the solution of the support vector machine that uses it."""

import math

import jax.numpy as jnp
from jaxtyping import Array, PRNGKeyArray

from fewqubit.meta.kernels.choice import choosing, undecided
from fewqubit.meta.kernels.machine import Kernel, kernel_machine, kernel_of
from fewqubit.meta.kernels.ridge import tempered
from fewqubit.meta.learner import EmbeddedLearner, MetaLearner
from fewqubit.meta.outer import embedding_learner
from fewqubit.meta.settings.kernels import KernelSvm
from fewqubit.meta.target import AnyTarget, n_classes
from fewqubit.models.body import AnyArm
from fewqubit.models.heads import multiclass_svm_coefficients
from fewqubit.models.model import build_model
from fewqubit.models.network import Params
from fewqubit.models.parts import HEAD
from fewqubit.tasks import FeatureShape


def build(
    learner: KernelSvm, arm: AnyArm, feature_shape: FeatureShape, target: AnyTarget
) -> MetaLearner:
    """Multiclass SVM head, in training and at test."""
    n_way = n_classes(target, learner.kind)
    model = build_model(learner.encoder, learner.circuit, feature_shape, arm)

    def init_params(key: PRNGKeyArray) -> Params:
        head = {"log_temperature": jnp.asarray(math.log(learner.temperature), float)}
        return {**model.init(key), HEAD: head, **undecided(learner)}

    def support_vectors(gram: Array, one_hot: Array, _: Params) -> Array:
        return multiclass_svm_coefficients(gram, one_hot, learner.svm_cost)

    def machine(kernel: Kernel) -> EmbeddedLearner:
        return kernel_machine(kernel, n_way, support_vectors, tempered)

    made = embedding_learner(init_params, machine(kernel_of(model)), learner.training)
    return choosing(made, learner, arm, feature_shape, machine)
