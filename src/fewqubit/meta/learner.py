"""The signature that all meta-learners share."""

from collections.abc import Callable
from typing import Any, NamedTuple, Self

from jaxtyping import Array, Float, Int, PRNGKeyArray

from fewqubit.models.network import Params
from fewqubit.tasks import Inputs, Task

Adapted = Any  # a pytree of arrays: the result of adapting to one task


class MetaState(NamedTuple):
    """The state of meta-training.

    params:           the meta-learned parameters
    optimizer_state:  the state of the outer optimizer
    """

    params: Params
    optimizer_state: Any


class StepInfo(NamedTuple):
    """Means of one outer step over the queries of its tasks.

    loss:      cross entropy in nats, or the target's own loss
    accuracy:  accuracy, or the target's own score; higher is better
    """

    loss: Float[Array, ""]
    accuracy: Float[Array, ""]


Length = int | Int[Array, ""]  # a number of steps; if traced, they are not differentiable


class GradientPath(NamedTuple):
    """The intermediate states of an adaptation by gradient: φ_t, the parts of params that adapt.

    adapted after t steps = params | φ_t.

    steps:    how many steps ``MetaLearner.adapt`` takes
    begin:    params -> φ_0
    further:  (params, φ_t, support_x, support_y, k) -> φ_{t+k}
    """

    steps: int
    begin: Callable[[Params], Params]
    further: Callable[[Params, Params, Inputs, Array, Length], Params]


Rows = Any  # embedded examples: a pytree of arrays [n, ...]
Adapt = Callable[[Params, Rows, Array], Adapted]
Predict = Callable[[Adapted, Rows], Float[Array, "q n_outputs"]]
Compare = Callable[[Params, Rows, Rows], Float[Array, "a b"]]


class EmbeddedLearner(NamedTuple):
    """Adaptation and prediction on embedded examples; each example is embedded by itself.

    adapt:      (params, support rows, support_y) -> adapted
    predict:    (adapted, query rows) -> outputs
    embed:      (params, x) -> rows
    params_of:  adapted -> the params that embed its queries
    compare:    (params, rows, rows) -> Gram matrix; None if it does not work on kernels
    path:       the steps of adaptation by gradient, on support rows; None for a closed form
    """

    adapt: Adapt
    predict: Predict
    embed: Callable[[Params, Inputs], Rows] = lambda params, x: x
    params_of: Callable[[Adapted], Params] = lambda adapted: adapted.params
    compare: Compare | None = None
    path: GradientPath | None = None

    def on_examples(self) -> tuple[Adapt, Predict]:
        """``adapt`` and ``predict`` on raw examples, as in ``MetaLearner``."""

        def adapt(params: Params, x: Inputs, y: Array) -> Adapted:
            return self.adapt(params, self.embed(params, x), y)

        def predict(adapted: Adapted, x: Inputs) -> Float[Array, "q n_outputs"]:
            return self.predict(adapted, self.embed(self.params_of(adapted), x))

        return adapt, predict


class OuterStep(NamedTuple):
    """The two halves of an outer step, for callers that change the gradient in between.

    gradient:  (key, params, tasks) -> (gradient of the mean loss over ``tasks``, StepInfo)
    update:    (state, gradient) -> the state after one step of the outer optimizer
    """

    gradient: Callable[[PRNGKeyArray, Params, Task], tuple[Params, StepInfo]]
    update: Callable[[MetaState, Params], MetaState]

    def step(self, key: PRNGKeyArray, state: MetaState, tasks: Task) -> tuple[MetaState, StepInfo]:
        """Gradient, then update: a whole step, as ``MetaLearner.step`` takes it."""
        gradient, info = self.gradient(key, state.params, tasks)
        return self.update(state, gradient), info


class MetaLearner(NamedTuple):
    """A meta-learner as four pure functions.

    init:     key -> MetaState
    step:     (key, state, tasks) -> (MetaState, StepInfo); ``tasks`` has a leading task axis
    adapt:    (params, support_x, support_y) -> adapted; an empty support gives the prior;
              if the learner ``pads``, rows with the label −1 and classes without a row change no
              answer about other classes
    predict:  (adapted, query_x [q, *feature]) -> logits [q, n_way], or numbers
              [q, n_outputs]; each query is answered independently of the others;
              examples are an array, or a pytree of arrays (``fewqubit.tasks.inputs``)
    path:     the steps of adaptation by gradient; None for a closed form
    outer:    the two halves of ``step``; None if it is not split
    rows:     ``adapt`` and ``predict`` on embedded examples; None if the embedding of an example is
              not the same in every task

    Query labels appear in ``step`` only: adaptation cannot see them.
    """

    init: Callable[[PRNGKeyArray], MetaState]
    step: Callable[[PRNGKeyArray, MetaState, Task], tuple[MetaState, StepInfo]]
    adapt: Callable[[Params, Inputs, Array], Adapted]
    predict: Callable[[Adapted, Inputs], Float[Array, "q n_outputs"]]
    path: GradientPath | None = None
    outer: OuterStep | None = None
    rows: EmbeddedLearner | None = None

    def answering_by(self, rows: EmbeddedLearner) -> Self:
        """Trained as it is; what adapts and answers is ``rows``."""
        adapt, predict = rows.on_examples()
        return self._replace(adapt=adapt, predict=predict, rows=rows)
