"""Reservoir sampling: a uniform sample of all tasks seen so far, in a memory of fixed size."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Int, PRNGKeyArray

from fewqubit.meta.streams.way import Draw
from fewqubit.tasks import Task


class Reservoir(NamedTuple):
    """Remembered tasks.

    tasks:  with a leading axis of places; places that were never filled are zero
    seen:   number of tasks offered so far
    """

    tasks: Task
    seen: Int[Array, ""]


def empty(task: Task, places: int) -> Reservoir:
    """An empty memory with ``places`` for tasks of the shape of ``task``."""
    zeros = jax.tree.map(lambda leaf: jnp.zeros((places, *leaf.shape), leaf.dtype), task)
    return Reservoir(zeros, jnp.zeros((), jnp.int32))


def offered(key: PRNGKeyArray, memory: Reservoir, draw: Draw, n: int) -> Reservoir:
    """The memory after ``n`` more tasks were offered.

    Task t of all (from 0) takes place t while places are free. Later a place is drawn uniformly
    from {0, …, t}; if the memory has that place, task t replaces what is there. So each task seen
    is remembered with the same probability at any time (algorithm R: Vitter 1985, ACM Trans. Math.
    Softw. 11, 37). Only tasks that stay are drawn, from keys folded with their number.
    """
    places = len(memory.tasks.support_y)
    key_places, key_tasks = jax.random.split(key)
    number = memory.seen + jnp.arange(n)
    luck = jax.random.randint(key_places, (n,), 0, number + 1)
    place = jnp.where(number < places, number, luck)
    last = jnp.full(places, -1).at[place].max(jnp.arange(n), mode="drop")  # last task in each

    def fill(_: None, now: tuple[Array, Task]) -> tuple[None, Task]:
        mine, old = now
        new = draw(jax.random.fold_in(key_tasks, mine))
        return None, jax.tree.map(lambda a, b: jnp.where(mine >= 0, a, b), new, old)

    _, tasks = jax.lax.scan(fill, None, (last, memory.tasks))
    return Reservoir(tasks, memory.seen + n)


def recalled(key: PRNGKeyArray, memory: Reservoir, n: int) -> Task:
    """``n`` remembered tasks, drawn with replacement; the memory must have seen one."""
    filled = jnp.minimum(memory.seen, len(memory.tasks.support_y))
    chosen = jax.random.randint(key, (n,), 0, jnp.maximum(filled, 1))
    return jax.tree.map(lambda leaf: leaf[chosen], memory.tasks)


def places_in(rows: int, task: Task) -> int:
    """How many tasks fit into a memory of ``rows`` examples; may be 0."""
    return rows // (len(task.support_y) + len(task.query_y))
