"""The one signature of every meta-learner."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from jaxtyping import Array, Float, PRNGKeyArray

from fewqubit.models.network import Params
from fewqubit.tasks import Task

Adapted = Any  # a pytree of arrays: what a learner knows of one task


class MetaState(NamedTuple):
    """Where meta-training stands.

    params:           the meta-learned parameters
    optimizer_state:  of the outer optimizer
    """

    params: Params
    optimizer_state: Any


class StepInfo(NamedTuple):
    """What one outer step saw of its tasks' queries, on average.

    loss:      cross entropy in nats, or what else is learned by
    accuracy:  or what else the target is scored by; more is better
    """

    loss: Float[Array, ""]
    accuracy: Float[Array, ""]


class GradientPath(NamedTuple):
    """The way that an adaptation by gradient goes.

    steps:  how many steps ``MetaLearner.adapt`` takes
    adapt:  (params, support_x, support_y, at) -> adapted after each of ``at`` steps, stacked on a
            leading axis
    """

    steps: int
    adapt: Callable[[Params, Array, Array, Sequence[int]], Adapted]


class MetaLearner(NamedTuple):
    """Learning to learn, as four pure functions.

    init:     key -> MetaState
    step:     (key, state, tasks) -> (MetaState, StepInfo); ``tasks`` has a leading task axis
    adapt:    (params, support_x, support_y) -> adapted; an empty support gives the prior
    predict:  (adapted, query_x [q, *feature]) -> logits [q, n_way], or numbers
              [q, n_outputs]; each query is answered alone
    path:     of an adaptation by gradient; None where it has a closed form

    Query labels appear in ``step`` only: adaptation cannot see them.
    """

    init: Callable[[PRNGKeyArray], MetaState]
    step: Callable[[PRNGKeyArray, MetaState, Task], tuple[MetaState, StepInfo]]
    adapt: Callable[[Params, Float[Array, "s *feature"], Array], Adapted]
    predict: Callable[[Adapted, Float[Array, "q *feature"]], Float[Array, "q n_outputs"]]
    path: GradientPath | None = None
