"""A kernel meta-learned to agree with the classes of many tasks."""

from typing import Literal

import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray
from pydantic import PositiveFloat

from fewqubit.diagnostics import centred_alignment
from fewqubit.meta.kernel_machine import kernel_machine, one_versus_rest
from fewqubit.meta.learner import MetaLearner, Taught
from fewqubit.meta.outer import embedding_learner
from fewqubit.meta.target import AnyTarget, n_classes
from fewqubit.models.body import AnyArm
from fewqubit.models.heads import svm_coefficients
from fewqubit.models.model import build_model
from fewqubit.models.network import Params
from fewqubit.models.parts import HEAD
from fewqubit.tasks import FeatureShape, Task


class KernelAlign(Taught):
    """min over θ of 1 − mean over tasks of A(K_θ, Y Yᵀ), the rows those of support and query.

    A is the centred alignment of Cortes, Mohri, Rostamizadeh (2012), definition 4; on quantum
    kernels Hubregtsen et al. (2021), arXiv 2105.02276; here averaged over tasks. Nothing is solved
    in training; a task adapts by one-versus-rest support vectors.

    Quantum Gram matrix trained to agree with the classes, support vectors on top.
    """

    svm_cost: PositiveFloat = 1.0
    kind: Literal["kernel_align"] = "kernel_align"

    def build(self, arm: AnyArm, feature_shape: FeatureShape, target: AnyTarget) -> MetaLearner:
        n_way = n_classes(target, self.kind)
        model = build_model(self.encoder, self.circuit, feature_shape, arm)

        def init_params(key: PRNGKeyArray) -> Params:
            return {**model.init(key), HEAD: {}}

        def support_vectors(gram: Array, one_hot: Array, _: Params) -> Array:
            return svm_coefficients(gram, one_hot, self.svm_cost)

        machine = kernel_machine(model, n_way, support_vectors, one_versus_rest)

        def misalignment(
            params: Params, task: Task
        ) -> tuple[Float[Array, ""], Float[Array, "q n_way"]]:
            rows = machine.embed(params, jnp.concatenate([task.support_x, task.query_x]))
            labels, n_support = jnp.concatenate([task.support_y, task.query_y]), len(task.support_y)
            adapted = machine.adapt(params, rows[:n_support], task.support_y)
            alignment = centred_alignment(model.geometry.kernel(rows, rows), labels)
            return 1 - alignment, machine.predict(adapted, rows[n_support:])

        return embedding_learner(init_params, machine, self.training, misalignment)
