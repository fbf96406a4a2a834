"""Gradient projection: no step raises the loss of remembered tasks, to first order."""

import jax
import jax.numpy as jnp
import optax
from jax.flatten_util import ravel_pytree
from jaxtyping import Array, Float, PRNGKeyArray

from fewqubit.meta.learner import MetaLearner, MetaState, StepInfo
from fewqubit.meta.streams.replay import memory, remember
from fewqubit.meta.streams.reservoir import Reservoir, recalled
from fewqubit.meta.streams.settings import GradientProjection
from fewqubit.meta.streams.way import Going, outer_of
from fewqubit.models.network import Params
from fewqubit.tasks import Task

ITERATIONS = 300  # to project on several halfspaces; for one there is a closed form


def build(way: GradientProjection, learner: MetaLearner) -> Going:
    """A step along the nearest gradient that raises the loss of no remembered task."""
    outer = outer_of(learner, way.kind)

    def references(key: PRNGKeyArray, params: Params, old: Task) -> Float[Array, "k P"]:
        if way.constraints == "mean":
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

    return Going(lambda params, task: memory(way.rows, task, way.kind), step, remember)


def projected(gradient: Float[Array, " P"], references: Float[Array, "k P"]) -> Float[Array, " P"]:
    """argmin over g̃ of ½‖g̃ − g‖² with G g̃ ≥ 0; the rows g_k of G are ``references``.

        k = 1:  g̃ = g − min(g · g_1, 0) / (g_1 · g_1) g_1
        k > 1:  g̃ = g + Gᵀ v,  v = argmin over v ≥ 0 of ‖Gᵀ v + g‖²  (the dual problem of GEM)

    If no g · g_k is negative, g̃ equals g bit for bit.
    """
    along = references @ gradient
    if len(references) == 1:
        length = (references**2).sum(1)
        pushed = -jnp.minimum(along, 0) / jnp.where(length == 0, 1, length)
    else:
        pushed = optax.nnls(references.T, -gradient, ITERATIONS)
    return jnp.where((along < 0).any(), gradient + pushed @ references, gradient)
