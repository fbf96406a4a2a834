"""Elastic weight consolidation: what earlier answers depend on is held back."""

from typing import Literal, NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import PRNGKeyArray
from pydantic import NonNegativeFloat

from fewqubit.base.values import Some
from fewqubit.meta.learner import MetaLearner, MetaState, StepInfo
from fewqubit.models.network import Params
from fewqubit.streams.fisher import fisher_diagonal
from fewqubit.streams.way import Draw, Going, Way, outer_of
from fewqubit.tasks import Task


class Springs(NamedTuple):
    """Σ over groups of a quadratic penalty, in the two sums that its gradient takes.

    stiffness:  Σ_i F_i
    pull:       Σ_i F_i θ*_i
    """

    stiffness: Params
    pull: Params


class Ewc(Way):
    """L(θ) = L_new(θ) + λ/2 Σ_i Σ_k F_ik (θ_k − θ*_ik)², over all groups i before the new one.

    F_i is the diagonal of the Fisher information of what the learner answers, of encoder, circuit
    and head, at the parameters θ*_i that group i was left with; λ is ``strength``. A sum of
    quadratics is one, so memory does not grow with the stream.
    Source: Kirkpatrick et al. 2017, PNAS 114, 3521. Deviations: F by the exact expectation over
    answers, from ``fisher_tasks`` tasks of the group; the penalty's gradient is added before that
    of the loss is clipped.

    What answers on earlier groups depend on is held by springs of ``strength``.
    """

    strength: NonNegativeFloat = 100.0
    fisher_tasks: Some = 20
    kind: Literal["ewc"] = "ewc"

    def build(self, learner: MetaLearner) -> Going:
        outer = outer_of(learner, self.kind)

        def step(
            key: PRNGKeyArray, state: MetaState, kept: Springs, tasks: Task
        ) -> tuple[MetaState, StepInfo]:
            gradient, info = outer.gradient(key, state.params, tasks)
            held = penalty_gradient(kept, state.params, self.strength)
            return outer.update(state, jax.tree.map(jnp.add, gradient, held)), info

        def leave(key: PRNGKeyArray, params: Params, kept: Springs, draw: Draw, n: int) -> Springs:
            del n
            keys = jax.random.split(key, self.fisher_tasks)
            found = jax.lax.map(lambda one: fisher_diagonal(learner, params, draw(one)), keys)
            return held_at(kept, jax.tree.map(lambda leaf: leaf.mean(0), found), params)

        return Going(lambda params, task: no_springs(params), step, leave)


def no_springs(params: Params) -> Springs:
    """Nothing is held."""
    zeros = jax.tree.map(jnp.zeros_like, params)
    return Springs(zeros, zeros)


def held_at(springs: Springs, fisher: Params, params: Params) -> Springs:
    """One group more: its Fisher information, at the parameters that it was left with."""
    stiffness = jax.tree.map(jnp.add, springs.stiffness, fisher)
    pull = jax.tree.map(lambda p, f, at: p + f * at, springs.pull, fisher, params)
    return Springs(stiffness, pull)


def penalty_gradient(springs: Springs, params: Params, strength: float) -> Params:
    """λ Σ_i F_i (θ − θ*_i) = λ (stiffness θ − pull)."""
    return jax.tree.map(
        lambda f, p, now: strength * (f * now - p), springs.stiffness, springs.pull, params
    )
