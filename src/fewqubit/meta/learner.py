"""The signature that all meta-learners share, and the settings that describe one."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self

from jaxtyping import Array, Float, PRNGKeyArray
from pydantic import model_validator

from fewqubit.base.values import Value
from fewqubit.circuits.circuit import Circuit
from fewqubit.meta.target import AnyTarget
from fewqubit.meta.training import Training
from fewqubit.models.body import AnyArm
from fewqubit.models.encoder import AnyEncoder, Mlp
from fewqubit.models.network import Params
from fewqubit.tasks import FeatureShape, Inputs, Shape, Task

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

    loss:      cross entropy in nats, or the target's own loss
    accuracy:  or the target's own score; higher is better
    """

    loss: Float[Array, ""]
    accuracy: Float[Array, ""]


class GradientPath(NamedTuple):
    """The intermediate states of an adaptation by gradient.

    steps:  how many steps ``MetaLearner.adapt`` takes
    adapt:  (params, support_x, support_y, at) -> adapted after each of ``at`` steps, stacked on a
            leading axis
    """

    steps: int
    adapt: Callable[[Params, Inputs, Array, Sequence[int]], Adapted]


Rows = Any  # what became of examples: a pytree of arrays [n, ...]
Adapt = Callable[[Params, Rows, Array], Adapted]
Predict = Callable[[Adapted, Rows], Float[Array, "q n_outputs"]]


class EmbeddedLearner(NamedTuple):
    """Adaptation and prediction on embedded examples; each example is embedded by itself.

    adapt:      (params, support rows, support_y) -> adapted
    predict:    (adapted, query rows) -> outputs
    embed:      (params, x) -> rows
    params_of:  adapted -> the params that embed its queries
    """

    adapt: Adapt
    predict: Predict
    embed: Callable[[Params, Inputs], Rows] = lambda params, x: x
    params_of: Callable[[Adapted], Params] = lambda adapted: adapted.params

    def on_examples(self) -> tuple[Adapt, Predict]:
        """``adapt`` and ``predict`` of examples not embedded yet, as a ``MetaLearner`` has them."""

        def adapt(params: Params, x: Inputs, y: Array) -> Adapted:
            return self.adapt(params, self.embed(params, x), y)

        def predict(adapted: Adapted, x: Inputs) -> Float[Array, "q n_outputs"]:
            return self.predict(adapted, self.embed(self.params_of(adapted), x))

        return adapt, predict


class OuterStep(NamedTuple):
    """The two halves of an outer step, for callers that change the gradient in between.

    gradient:  (key, params, tasks) -> (gradient of the mean loss over ``tasks``, StepInfo)
    update:    (state, gradient) -> the state one step of the outer optimizer further
    """

    gradient: Callable[[PRNGKeyArray, Params, Task], tuple[Params, StepInfo]]
    update: Callable[[MetaState, Params], MetaState]

    def whole(self, key: PRNGKeyArray, state: MetaState, tasks: Task) -> tuple[MetaState, StepInfo]:
        """Both halves in order: ``MetaLearner.step``."""
        gradient, info = self.gradient(key, state.params, tasks)
        return self.update(state, gradient), info


class MetaLearner(NamedTuple):
    """Learning to learn, as four pure functions.

    init:     key -> MetaState
    step:     (key, state, tasks) -> (MetaState, StepInfo); ``tasks`` has a leading task axis
    adapt:    (params, support_x, support_y) -> adapted; an empty support gives the prior
    predict:  (adapted, query_x [q, *feature]) -> logits [q, n_way], or numbers
              [q, n_outputs]; each query is answered alone
              examples are an array, or a pytree of arrays (``fewqubit.tasks.inputs``)
    path:     the steps of adaptation by gradient; None for a closed form
    outer:    the two halves of ``step``; None where it is not split
    rows:     ``adapt`` and ``predict`` on examples whose embedding is the same in every task; None
              where there is none

    Query labels appear in ``step`` only: adaptation cannot see them.
    """

    init: Callable[[PRNGKeyArray], MetaState]
    step: Callable[[PRNGKeyArray, MetaState, Task], tuple[MetaState, StepInfo]]
    adapt: Callable[[Params, Inputs, Array], Adapted]
    predict: Callable[[Adapted, Inputs], Float[Array, "q n_outputs"]]
    path: GradientPath | None = None
    outer: OuterStep | None = None
    rows: EmbeddedLearner | None = None


class Learner(Value):
    """The settings of a learner: encoder, circuit, and the algorithm of the subclass.

    compares:  it uses features through their Gram matrix
    reads:     it uses readings of the circuit
    pads:      support rows of the label −1, and classes without a row, change no other answer
    """

    compares: ClassVar[bool] = True
    reads: ClassVar[bool] = False
    pads: ClassVar[bool] = False

    encoder: AnyEncoder = Mlp()
    circuit: Circuit = Circuit()
    if TYPE_CHECKING:

        @property
        def kind(self) -> str:
            """Its name in params.yaml; the last field of each subclass."""

    @model_validator(mode="after")
    def _encoder_is_for_the_map(self) -> Self:
        self.encoder.check_maps((self.circuit.feature_map, *self.circuit.bagged))
        return self

    def build(self, arm: AnyArm, feature_shape: FeatureShape, target: AnyTarget) -> MetaLearner:
        """The learner in one arm; ``target`` is the number of classes, or a Target."""
        raise NotImplementedError

    def meta_training(self) -> Training | None:
        """How it is meta-trained; None for a learner without meta-training."""
        return None

    def moves_circuit(self) -> bool:
        """Whether meta-training or adaptation changes the circuit's weights."""
        return True

    def circuits_each(self) -> int:
        """Circuits for the features of one example: members in superposition are one."""
        return 1

    def examples_seen(self, shape: Shape) -> int:
        """Examples that go through the circuit for one task of meta-training."""
        del shape
        return 0

    def circuits_of_task(
        self, arm: str, shape: Shape, feature_shape: FeatureShape
    ) -> tuple[int, int]:
        """Circuits that a device runs to adapt to one task, and those for each of its queries."""
        del feature_shape
        n_support = shape.n_way * shape.n_shot
        return self.circuits_to_adapt(arm, n_support), self.circuits_to_answer(n_support)

    def circuits_to_adapt(self, arm: str, n_support: int) -> int:
        """Circuits that a device runs to adapt to one task: here for the support's Gram matrix.

        Bloch vectors take three bases of each example, all outcomes two circuits of each pair.
        """
        del arm
        if self.circuit.geometry == "projected":
            return 3 * n_support
        return n_support * (n_support - 1) // (1 if self.circuit.geometry == "hamming" else 2)

    def circuits_to_answer(self, n_support: int) -> int:
        """Circuits that a device runs for one query: here one with each support example."""
        if self.circuit.geometry == "projected":
            return 3
        return n_support * (2 if self.circuit.geometry == "hamming" else 1)


class Taught(Learner):
    """A learner that is meta-trained."""

    training: Training = Training()

    def meta_training(self) -> Training:
        return self.training

    def examples_seen(self, shape: Shape) -> int:
        """Each example once: its state serves as support and as query."""
        return shape.n_way * (shape.n_shot + shape.n_query)
