"""A kernel meta-learned through the solution of the support vector machine that uses it."""

import math
from typing import Literal

import jax.numpy as jnp
from jaxtyping import Array, PRNGKeyArray
from pydantic import PositiveFloat

from fewqubit.meta.kernel import tempered
from fewqubit.meta.kernel_machine import kernel_machine
from fewqubit.meta.learner import MetaLearner, Taught
from fewqubit.meta.outer import embedding_learner
from fewqubit.meta.target import AnyTarget, n_classes
from fewqubit.models.body import AnyArm
from fewqubit.models.heads import multiclass_svm_coefficients
from fewqubit.models.model import build_model
from fewqubit.models.network import Params
from fewqubit.models.parts import HEAD
from fewqubit.tasks import FeatureShape


class KernelSvm(Taught):
    """logits = τ k_θ(q, ·) α with α from the multiclass dual, through whose solution θ is trained.

    MetaOptNet-SVM (Lee et al. 2019, arXiv 1904.03758, §3.3) with a quantum kernel and, as there,
    a learned temperature τ.

    QSVM(x; θ): quantum Gram matrix, multiclass support vectors in training and at test.

    ``temperature`` is where the learned factor of all logits starts.
    """

    temperature: PositiveFloat = 10.0
    svm_cost: PositiveFloat = 0.1
    kind: Literal["kernel_svm"] = "kernel_svm"

    def build(self, arm: AnyArm, feature_shape: FeatureShape, target: AnyTarget) -> MetaLearner:
        n_way = n_classes(target, self.kind)
        model = build_model(self.encoder, self.circuit, feature_shape, arm)

        def init_params(key: PRNGKeyArray) -> Params:
            head = {"log_temperature": jnp.asarray(math.log(self.temperature), float)}
            return {**model.init(key), HEAD: head}

        def support_vectors(gram: Array, one_hot: Array, _: Params) -> Array:
            return multiclass_svm_coefficients(gram, one_hot, self.svm_cost)

        machine = kernel_machine(model, n_way, support_vectors, tempered)
        return embedding_learner(init_params, machine, self.training)
