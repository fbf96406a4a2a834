"""What may disturb a task in training: rows that are off, and rows that are against us."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from fewqubit.tasks import Task


def jittered(key: PRNGKeyArray, task: Task, scale: float) -> Task:
    """x + ε with ε ~ N(0, scale²) for every feature of support and query."""
    return on_both(key, task, lambda own, x: x + scale * jax.random.normal(own, x.shape))


def on_both(key: PRNGKeyArray, task: Task, change: Callable[[PRNGKeyArray, Array], Array]) -> Task:
    """``change`` of the support's rows and, by a key of their own, of the queries'."""
    key_support, key_query = jax.random.split(key)
    return task._replace(
        support_x=change(key_support, task.support_x), query_x=change(key_query, task.query_x)
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
