"""Experience replay: tasks of earlier groups are trained on again, from a memory of fixed size."""

import jax
import jax.numpy as jnp
from jaxtyping import PRNGKeyArray

from fewqubit.errors import SettingsError
from fewqubit.meta.learner import MetaLearner, MetaState, StepInfo
from fewqubit.meta.streams.reservoir import Reservoir, empty, offered, places_in, recalled
from fewqubit.meta.streams.settings import Replay
from fewqubit.meta.streams.way import Draw, Going
from fewqubit.models.network import Params
from fewqubit.tasks import Task


def build(way: Replay, learner: MetaLearner) -> Going:
    """A step on the new tasks and as many remembered ones."""

    def step(
        key: PRNGKeyArray, state: MetaState, kept: Reservoir, tasks: Task
    ) -> tuple[MetaState, StepInfo]:
        key_old, key_step = jax.random.split(key)
        old = recalled(key_old, kept, len(tasks.support_y))
        both = jax.tree.map(lambda a, b: jnp.concatenate([a, b]), tasks, old)
        return learner.step(key_step, state, both)

    return Going(lambda params, task: memory(way.rows, task, way.kind), step, remember)


def memory(rows: int, task: Task, way: str) -> Reservoir:
    """An empty memory of ``rows`` examples. Raises SettingsError: not one task fits."""
    places = places_in(rows, task)
    if not places:
        raise SettingsError(
            f"way '{way}': expected rows for one training task at least, which has "
            f"{len(task.support_y) + len(task.query_y)} examples; got rows: {rows}"
        )
    return empty(task, places)


def remember(key: PRNGKeyArray, params: Params, kept: Reservoir, draw: Draw, n: int) -> Reservoir:
    """The memory after ``n`` tasks of a group were offered to it."""
    del params
    return offered(key, kept, draw, n)
