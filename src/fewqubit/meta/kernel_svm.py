"""A kernel meta-learned through the support vector machines that it is for."""

import math
from collections.abc import Sequence

import jax.numpy as jnp
from jaxtyping import Array, PRNGKeyArray

from fewqubit.config import KernelSvm
from fewqubit.heads import multiclass_svm_coefficients
from fewqubit.meta.kernel import tempered
from fewqubit.meta.kernel_machine import kernel_machine
from fewqubit.meta.learner import MetaLearner
from fewqubit.meta.outer import embedding_learner
from fewqubit.models.body import AnyArm
from fewqubit.models.model import build_model
from fewqubit.models.network import Params


def kernel_svm(
    settings: KernelSvm, arm: AnyArm, feature_shape: Sequence[int], n_way: int
) -> MetaLearner:
    """logits = τ k_θ(q, ·) α with α from the multiclass dual, through whose solution θ is trained.

    MetaOptNet-SVM (Lee et al. 2019, arXiv 1904.03758, §3.3) with a quantum kernel and, as there,
    a learned temperature τ.
    """
    model = build_model(settings.encoder, settings.circuit, feature_shape, arm)

    def init_params(key: PRNGKeyArray) -> Params:
        head = {"log_temperature": jnp.asarray(math.log(settings.temperature), float)}
        return {**model.init(key), "head": head}

    def support_vectors(gram: Array, one_hot: Array, _: Params) -> Array:
        return multiclass_svm_coefficients(gram, one_hot, settings.svm_cost)

    machine = kernel_machine(model, n_way, support_vectors, tempered)
    return embedding_learner(init_params, machine, settings.training)
