"""The signature that all ways to go on learning share, used when a new group arrives."""

from collections.abc import Callable
from typing import Any, NamedTuple

from jaxtyping import PRNGKeyArray

from fewqubit.errors import SettingsError
from fewqubit.meta.learner import MetaLearner, MetaState, OuterStep, StepInfo
from fewqubit.models.network import Params
from fewqubit.tasks import Task

Kept = Any  # a pytree of arrays, of fixed shapes: what a way remembers of earlier groups

Draw = Callable[[PRNGKeyArray], Task]  # one training task of a group; it has no task axis
Step = Callable[[PRNGKeyArray, MetaState, Kept, Task], tuple[MetaState, StepInfo]]


class Going(NamedTuple):
    """A way to go on learning, for one training seed, as three pure functions.

    begin:  (params, one task, for its shapes) -> kept, before there is anything to remember
    step:   (key, state, kept, training tasks) -> (state, info); None: the learner's own step
    leave:  (key, params, kept, draw, n) -> kept, after training on a group; ``draw`` draws its
            tasks, and n of them were seen
    """

    begin: Callable[[Params, Task], Kept]
    step: Step | None
    leave: Callable[[PRNGKeyArray, Params, Kept, Draw, int], Kept]


def remembers_nothing() -> Going:
    """The learner's own step; nothing is remembered."""
    return Going(lambda params, task: {}, None, lambda key, params, kept, draw, n: kept)


def outer_of(learner: MetaLearner, way: str) -> OuterStep:
    """The learner's gradient and update. Raises SettingsError: it gives no gradient to change."""
    if learner.outer is None:
        raise SettingsError(
            f"way '{way}': expected a learner that is meta-trained by a gradient which it tells "
            "(MetaLearner.outer), but this one has none; take fine_tune, replay or joint"
        )
    return learner.outer
