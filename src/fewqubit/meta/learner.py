"""The one signature of every meta-learner."""

from collections.abc import Callable
from typing import Any, NamedTuple

from jaxtyping import Array, Float, Int, PRNGKeyArray

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
    """What one outer step saw: mean query loss (nats) and mean query accuracy of its tasks."""

    loss: Float[Array, ""]
    accuracy: Float[Array, ""]


class MetaLearner(NamedTuple):
    """Learning to learn, as four pure functions.

    init:     key -> MetaState
    step:     (key, state, tasks) -> (MetaState, StepInfo); ``tasks`` has a leading task axis
    adapt:    (params, support_x, support_y) -> adapted; an empty support gives the prior
    predict:  (adapted, query_x [q, *feature]) -> logits [q, n_way]; each query is answered alone

    Query labels appear in ``step`` only: adaptation cannot see them.
    """

    init: Callable[[PRNGKeyArray], MetaState]
    step: Callable[[PRNGKeyArray, MetaState, Task], tuple[MetaState, StepInfo]]
    adapt: Callable[[Params, Float[Array, "s *feature"], Int[Array, " s"]], Adapted]
    predict: Callable[[Adapted, Float[Array, "q *feature"]], Float[Array, "q n_way"]]
