"""Regression tasks from a formula: sine waves of random amplitude and phase."""

import math
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, PRNGKeyArray

from fewqubit.base.keys import stream
from fewqubit.tasks.shape import Shape
from fewqubit.tasks.task import Task

Range = tuple[float, float]


class Sinusoids(NamedTuple):
    """y = A sin(x − φ), x ∈ R; a task has one A and one φ. A, φ and x are uniform in their ranges.

    The ranges are from Finn et al. (2017), arXiv 1703.03400, §5.1; the sign of φ is from their
    code.
    """

    amplitude: Range = (0.1, 5.0)
    phase: Range = (0.0, math.pi)
    x: Range = (-5.0, 5.0)

    def draw(self, key: PRNGKeyArray, shape: Shape, n_tasks: int) -> Task:
        """Tasks with x [n_tasks, rows, 1] and y of the same shape; task k depends on key and k.

        A longer list from the same key therefore starts with the shorter one.
        """
        return jax.vmap(lambda k: self.task(stream(key, k), shape))(jnp.arange(n_tasks))

    def tasks(self, drawn: Task) -> Task:
        """``drawn`` itself, which already has the examples."""
        return drawn

    def task(self, key: PRNGKeyArray, shape: Shape) -> Task:
        """One wave, at n_shot support and n_query query points. Pure; jit, vmap over keys."""
        key_amplitude, key_phase, key_support, key_query = jax.random.split(key, 4)
        amplitude = _uniform(key_amplitude, (), self.amplitude)
        phase = _uniform(key_phase, (), self.phase)
        support = _uniform(key_support, (shape.n_shot, 1), self.x)
        query = _uniform(key_query, (shape.n_query, 1), self.x)
        y = [amplitude * jnp.sin(x - phase) for x in (support, query)]
        return Task(support, y[0], query, y[1])


def _uniform(key: PRNGKeyArray, shape: tuple[int, ...], between: Range) -> Array:
    return jax.random.uniform(key, shape, minval=between[0], maxval=between[1])
