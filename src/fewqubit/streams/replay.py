"""Tasks of earlier groups are learned again, from a memory of fixed size."""

from typing import Literal

import jax
import jax.numpy as jnp
from jaxtyping import PRNGKeyArray

from fewqubit.base.values import Many
from fewqubit.errors import SettingsError
from fewqubit.meta.learner import MetaLearner, MetaState, StepInfo
from fewqubit.models.network import Params
from fewqubit.streams.reservoir import Reservoir, empty, offered, places_in, recalled
from fewqubit.streams.way import Draw, Going, Way
from fewqubit.tasks import Task


class Replay(Way):
    """Each step learns from its new tasks and as many remembered ones (Chaudhry et al. 2019b).

    Experience replay, arXiv 1902.10486, with few-shot tasks in place of examples. The memory is a
    uniform sample of all tasks seen, with at most ``rows`` examples in it; a step costs twice that
    of ``fine_tune``.

    Tasks of earlier groups come back from a memory of ``rows`` examples.
    """

    rows: Many = 1000
    kind: Literal["replay"] = "replay"

    def build(self, learner: MetaLearner) -> Going:
        def step(
            key: PRNGKeyArray, state: MetaState, kept: Reservoir, tasks: Task
        ) -> tuple[MetaState, StepInfo]:
            key_old, key_step = jax.random.split(key)
            old = recalled(key_old, kept, len(tasks.support_y))
            both = jax.tree.map(lambda a, b: jnp.concatenate([a, b]), tasks, old)
            return learner.step(key_step, state, both)

        return Going(lambda params, task: memory(self.rows, task, self.kind), step, remember)


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
    """The memory once the tasks of a group have passed by."""
    del params
    return offered(key, kept, draw, n)
