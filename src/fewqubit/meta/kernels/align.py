"""A kernel meta-learned to align with the classes of many tasks."""

import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from fewqubit.diagnostics import centred_alignment
from fewqubit.meta.kernels.choice import choosing, undecided
from fewqubit.meta.kernels.machine import Kernel, kernel_machine, kernel_of, one_versus_rest
from fewqubit.meta.learner import EmbeddedLearner, MetaLearner
from fewqubit.meta.outer import embedding_learner
from fewqubit.meta.settings.kernels import KernelAlign
from fewqubit.meta.target import AnyTarget, n_classes
from fewqubit.models.body import AnyArm
from fewqubit.models.heads import svm_coefficients
from fewqubit.models.model import build_model
from fewqubit.models.network import Params
from fewqubit.models.parts import HEAD
from fewqubit.tasks import FeatureShape, Task


def build(
    learner: KernelAlign, arm: AnyArm, feature_shape: FeatureShape, target: AnyTarget
) -> MetaLearner:
    """One-versus-rest SVMs on an aligned kernel."""
    n_way = n_classes(target, learner.kind)
    model = build_model(learner.encoder, learner.circuit, feature_shape, arm)

    def init_params(key: PRNGKeyArray) -> Params:
        return {**model.init(key), HEAD: {}, **undecided(learner)}

    def support_vectors(gram: Array, one_hot: Array, _: Params) -> Array:
        return svm_coefficients(gram, one_hot, learner.svm_cost)

    def tested(kernel: Kernel) -> EmbeddedLearner:
        return kernel_machine(kernel, n_way, support_vectors, one_versus_rest)

    machine = tested(kernel_of(model))

    def misalignment(
        params: Params, task: Task
    ) -> tuple[Float[Array, ""], Float[Array, "q n_way"]]:
        rows = machine.embed(params, jnp.concatenate([task.support_x, task.query_x]))
        labels, n_support = jnp.concatenate([task.support_y, task.query_y]), len(task.support_y)
        adapted = machine.adapt(params, rows[:n_support], task.support_y)
        alignment = centred_alignment(model.geometry.kernel(rows, rows), labels)
        return 1 - alignment, machine.predict(adapted, rows[n_support:])

    made = embedding_learner(init_params, machine, learner.training, misalignment)
    return choosing(made, learner, arm, feature_shape, tested)
