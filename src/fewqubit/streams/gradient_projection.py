"""No step along which the loss of remembered tasks would rise."""

from typing import Literal

import jax
import jax.numpy as jnp
import optax
from jax.flatten_util import ravel_pytree
from jaxtyping import Array, Float, PRNGKeyArray

from fewqubit.base.values import Many
from fewqubit.meta.learner import MetaLearner, MetaState, StepInfo
from fewqubit.models.network import Params
from fewqubit.streams.replay import memory, remember
from fewqubit.streams.reservoir import Reservoir, recalled
from fewqubit.streams.way import Going, Way, outer_of
from fewqubit.tasks import Task

ITERATIONS = 300  # of the projection on several halfspaces; one has a closed form


class GradientProjection(Way):
    """g̃, the nearest to the gradient g with g̃ · g_k ≥ 0 for the gradient g_k of remembered tasks.

    ``constraints: mean``: one g_k, the mean over as many remembered tasks as a step has new ones,
    drawn anew each time: A-GEM (Chaudhry et al. 2019a, arXiv 1812.00420). ``each``: one g_k for
    each of these tasks, as GEM has one for each earlier group (Lopez-Paz, Ranzato 2017, arXiv
    1706.08840). The memory is that of ``replay``. Deviation: the optimizer clips and rescales g̃,
    and its weight decay acts besides, so what is guaranteed of g̃ is not of the step.

    The gradient is turned so that, to first order, the loss of remembered tasks does not rise.
    """

    rows: Many = 1000
    constraints: Literal["mean", "each"] = "mean"
    kind: Literal["gradient_projection"] = "gradient_projection"

    def build(self, learner: MetaLearner) -> Going:
        outer = outer_of(learner, self.kind)

        def references(key: PRNGKeyArray, params: Params, old: Task) -> Float[Array, "k P"]:
            if self.constraints == "mean":
                return ravel_pytree(outer.gradient(key, params, old)[0])[0][None]

            def of_one(task: Task) -> Float[Array, " P"]:
                alone = jax.tree.map(lambda leaf: leaf[None], task)
                return ravel_pytree(outer.gradient(key, params, alone)[0])[0]

            return jax.lax.map(of_one, old)

        def step(
            key: PRNGKeyArray, state: MetaState, kept: Reservoir, tasks: Task
        ) -> tuple[MetaState, StepInfo]:
            key_old, key_step = jax.random.split(key)
            gradient, info = outer.gradient(key_step, state.params, tasks)
            flat, shaped = ravel_pytree(gradient)
            old = recalled(key_old, kept, len(tasks.support_y))
            turned = projected(flat, references(key_step, state.params, old))
            return outer.update(state, shaped(turned)), info

        return Going(lambda params, task: memory(self.rows, task, self.kind), step, remember)


def projected(gradient: Float[Array, " P"], references: Float[Array, "k P"]) -> Float[Array, " P"]:
    """argmin over g̃ of ½‖g̃ − g‖² with G g̃ ≥ 0, whose rows are the references.

        k = 1:  g̃ = g − min(g · g_1, 0) / (g_1 · g_1) g_1
        k > 1:  g̃ = g + Gᵀ v,  v = argmin over v ≥ 0 of ‖Gᵀ v + g‖²  (the dual problem of GEM)

    Where no g · g_k is negative, g̃ is g to the bit.
    """
    along = references @ gradient
    if len(references) == 1:
        length = (references**2).sum(1)
        pushed = -jnp.minimum(along, 0) / jnp.where(length == 0, 1, length)
    else:
        pushed = optax.nnls(references.T, -gradient, ITERATIONS)
    return jnp.where((along < 0).any(), gradient + pushed @ references, gradient)
