"""What may disturb a task in training: rows that are off, and rows that are against us."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from fewqubit.tasks import Task


def jittered(key: PRNGKeyArray, task: Task, scale: float) -> Task:
    """x + ε with ε ~ N(0, scale²) for every feature of support and query."""
    key_support, key_query = jax.random.split(key)
    support, query = task.support_x, task.query_x
    return task._replace(
        support_x=support + scale * jax.random.normal(key_support, support.shape),
        query_x=query + scale * jax.random.normal(key_query, query.shape),
    )


def attacked(loss: Callable[[Task], Float[Array, ""]], task: Task, size: float) -> Task:
    """x_s + size · sign ∂loss/∂x_s: the change of a support that hurts the queries most.

    To first order: one step of Goodfellow et al. (2015), arXiv 1412.6572, §4, through the
    adaptation, as in ADML (Yin et al. 2018, arXiv 1806.03316). ``size`` bounds the change of each
    feature.
    """
    gradient = jax.grad(lambda x: loss(task._replace(support_x=x)))(task.support_x)
    worse = jax.lax.stop_gradient(task.support_x + size * jnp.sign(gradient))
    return task._replace(support_x=worse)
