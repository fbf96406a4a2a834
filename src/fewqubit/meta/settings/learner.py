"""The settings and properties that every learner has."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from pydantic import model_validator

from fewqubit.base.values import Value
from fewqubit.circuits.circuit import Circuit
from fewqubit.meta.settings.training import Training
from fewqubit.models.settings import AnyEncoder, Mlp
from fewqubit.tasks.shape import Shape

if TYPE_CHECKING:
    from fewqubit.backends.gradients import Slopes
    from fewqubit.meta.learner import MetaLearner
    from fewqubit.meta.target import AnyTarget
    from fewqubit.models.body import AnyArm
    from fewqubit.states.readouts import Drawn
    from fewqubit.tasks.inputs import FeatureShape


class Learner(Value):
    """The settings of a learner: encoder, circuit, and the algorithm of the subclass.

    compares:  it uses features through their Gram matrix
    reads:     it uses readings of the circuit
    pads:      support rows with the label −1 and classes without a row change no answer about other
               classes; tasks can then be padded to a few sizes, so that few programs are compiled
    """

    compares: ClassVar[bool] = True
    reads: ClassVar[bool] = False
    pads: ClassVar[bool] = True

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
        """Circuits for the features of one example; members in superposition count as one."""
        return 1

    def circuits_beside(self, arm: str, feature_shape: FeatureShape) -> int:
        """Circuits of one task of meta-training that take no example."""
        del arm, feature_shape
        return 0

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

        The projected kernel measures each example in three bases; ``hamming`` takes two circuits
        for each pair.
        """
        del arm
        if self.circuit.geometry == "projected":
            return 3 * n_support
        return n_support * (n_support - 1) // (1 if self.circuit.geometry == "hamming" else 2)

    def circuits_of_encoder(self, arm: str, feature_shape: FeatureShape) -> list[Drawn]:
        """Circuits that what adapts in the encoder is read from; without an example."""
        del arm, feature_shape
        return []

    def slopes(self) -> Slopes:
        """By what adaptation needs derivatives of readings: inputs, weights or both."""
        return "both"

    def circuits_to_answer(self, n_support: int) -> int:
        """Circuits that a device runs for one query: here one for each support example."""
        if self.circuit.geometry == "projected":
            return 3
        return n_support * (2 if self.circuit.geometry == "hamming" else 1)


class Taught(Learner):
    """A learner that is meta-trained."""

    training: Training = Training()

    def meta_training(self) -> Training:
        return self.training

    def examples_seen(self, shape: Shape) -> int:
        """Each example counts once: its state serves as support and as query."""
        return shape.n_way * (shape.n_shot + shape.n_query)
