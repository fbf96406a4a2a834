"""Elastic weight consolidation: a penalty on changes of parameters that earlier answers need."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import PRNGKeyArray

from fewqubit.meta.learner import MetaLearner, MetaState, StepInfo
from fewqubit.meta.streams.fisher import fisher_diagonal
from fewqubit.meta.streams.settings import Ewc
from fewqubit.meta.streams.way import Draw, Going, outer_of
from fewqubit.models.network import Params
from fewqubit.tasks import Task


class Springs(NamedTuple):
    """A sum over groups of quadratic penalties, stored as the two sums that its gradient needs.

    stiffness:  Σ_i F_i
    pull:       Σ_i F_i θ*_i
    """

    stiffness: Params
    pull: Params


def build(way: Ewc, learner: MetaLearner) -> Going:
    """A step whose gradient includes the penalty; each group adds its Fisher information."""
    outer = outer_of(learner, way.kind)

    def step(
        key: PRNGKeyArray, state: MetaState, kept: Springs, tasks: Task
    ) -> tuple[MetaState, StepInfo]:
        gradient, info = outer.gradient(key, state.params, tasks)
        held = penalty_gradient(kept, state.params, way.strength)
        return outer.update(state, jax.tree.map(jnp.add, gradient, held)), info

    def leave(key: PRNGKeyArray, params: Params, kept: Springs, draw: Draw, n: int) -> Springs:
        del n
        keys = jax.random.split(key, way.fisher_tasks)
        found = jax.lax.map(lambda one: fisher_diagonal(learner, params, draw(one)), keys)
        return held_at(kept, jax.tree.map(lambda leaf: leaf.mean(0), found), params)

    return Going(lambda params, task: no_springs(params), step, leave)


def no_springs(params: Params) -> Springs:
    """The penalty before the first group: zero."""
    zeros = jax.tree.map(jnp.zeros_like, params)
    return Springs(zeros, zeros)


def held_at(springs: Springs, fisher: Params, params: Params) -> Springs:
    """``springs`` with one more group: ``fisher`` at ``params``, those at the end of the group."""
    stiffness = jax.tree.map(jnp.add, springs.stiffness, fisher)
    pull = jax.tree.map(lambda p, f, at: p + f * at, springs.pull, fisher, params)
    return Springs(stiffness, pull)


def penalty_gradient(springs: Springs, params: Params, strength: float) -> Params:
    """λ Σ_i F_i (θ − θ*_i) = λ (stiffness θ − pull)."""
    return jax.tree.map(
        lambda f, p, now: strength * (f * now - p), springs.stiffness, springs.pull, params
    )
