"""Adaptation by gradient descent, as settings; without meta-learning, ``scratch``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, PositiveFloat

from fewqubit.base.values import Repeats, Value, Width
from fewqubit.meta.settings.learner import Learner

if TYPE_CHECKING:
    from fewqubit.backends.gradients import Slopes
    from fewqubit.meta.learner import MetaLearner
    from fewqubit.meta.target import AnyTarget
    from fewqubit.models.adapters import Adapters
    from fewqubit.models.body import AnyArm
    from fewqubit.models.model import Model
    from fewqubit.states.readouts import Drawn
    from fewqubit.tasks.inputs import FeatureShape
    from fewqubit.tasks.shape import Shape

InnerSteps = Annotated[int, Field(ge=0, le=10_000)]  # each is differentiated through


class Adapter(Value):
    """What the low-rank changes ``scale`` A B of the encoder's weight matrices are made from.

    ``lora``: A and B are free. ``circuit``: they are readings of two circuits with ``layers`` of
    RY and CX, on as many qubits as number their entries, and one more for the sign; classical arms
    take ``shared`` instead. ``shared``: as many numbers as these circuits have weights, each shared
    by a random group of entries.
    """

    scale: PositiveFloat = 1.0
    layers: Repeats = 4
    factors: Literal["lora", "shared", "circuit"] = "lora"


class ByGradient(Learner):
    """A classifier on readings, adapted by gradient.

    ``adapts`` says what adapts besides the readout: ``all``, nothing (``readout``), the
    ``circuit``, or ``adapters`` of ``rank`` on the encoder's weight matrices, which ``adapter``
    describes. ``reading_scale`` multiplies the readings: those of many qubits are small, and the
    readout's effective learning rate is proportional to their square. With ``unit_readings`` those
    of each example are divided by their norm before, so that a readout learned in one step from
    zero compares examples by angle. Of readings from shots or a device, the norm is theirs, noise
    included.
    """

    inner_steps: InnerSteps = 5
    inner_lr: PositiveFloat = 0.1
    adapts: Literal["all", "readout", "circuit", "adapters"] = "all"
    rank: Width = 2
    adapter: Adapter = Adapter()
    reading_scale: PositiveFloat = 1.0
    unit_readings: bool = False

    compares: ClassVar[bool] = False
    reads: ClassVar[bool] = True

    def steps_at_test(self) -> int:
        """Inner steps at test."""
        return self.inner_steps

    def slopes(self) -> Slopes:
        """The gradient of what adapts passes through the circuit's inputs, its weights or both."""
        one: dict[str, Slopes] = {"adapters": "inputs", "circuit": "weights"}
        return one.get(self.adapts, "both")

    def circuits_each(self) -> int:
        """One circuit for each member that is read separately; one for all superposed members."""
        members = self.circuit.members * (1 + len(self.circuit.bagged))
        return members if self.circuit.combine == "concat" else 1

    def circuits_to_answer(self, n_support: int) -> int:
        """Only the query is read."""
        del n_support
        return self.circuits_each()

    def circuits_to_adapt(self, arm: str, n_support: int) -> int:
        """One circuit for each step and support example, plus those of the shift rule for each
        angle that the gradient passes through; the encoder's gradient passes through the inputs.

        If only the readout adapts, each example is read once. The weights of an ensemble's members
        are angles of its control register.
        """
        from fewqubit.backends.gradients import count_shifted
        from fewqubit.circuits.drawn import circuits_of

        runs = circuits_of(self.circuit, entanglers=arm != "separable")
        if self.adapts == "readout":
            return n_support * len(runs)
        shifted = [count_shifted(circuit) for circuit in runs]
        trains = arm != "frozen"
        by_adapting = {
            "all": sum(each.both if trains else each.inputs for each in shifted),
            "circuit": sum(each.weights for each in shifted) if trains else 0,
            "adapters": sum(each.inputs for each in shifted),
        }
        once = len(runs) + by_adapting[self.adapts] + self.circuits_of_metric(arm)
        return self.steps_at_test() * n_support * once

    def adapters(self, model: Model) -> Adapters | None:
        """What adapts in place of the encoder's weights, if anything.

        In classical arms it has no circuit; where the model's lacks entanglers, they do too.
        """
        from fewqubit.models.adapters import Adapters

        if self.adapts != "adapters":
            return None
        own = self.adapter
        factors = "shared" if model.classical and own.factors == "circuit" else own.factors
        how = self.rank, own.layers, own.scale
        return Adapters(factors, *how, model.entangled, model.entries)

    def circuits_of_task(
        self, arm: str, shape: Shape, feature_shape: FeatureShape
    ) -> tuple[int, int]:
        """Circuits of adapters take no example: those of each step with their shifts, and those of
        the adapted encoder, whatever the support."""
        adapt, answer = super().circuits_of_task(arm, shape, feature_shape)
        once, shifted = self.circuits_of_adapters(arm, feature_shape)
        return adapt + self.steps_at_test() * (once + shifted) + once, answer

    def circuits_beside(self, arm: str, feature_shape: FeatureShape) -> int:
        """Those of the adapters at each inner step, and of the adapted encoder."""
        return (self.inner_steps + 1) * self.circuits_of_adapters(arm, feature_shape)[0]

    def circuits_of_adapters(self, arm: str, feature_shape: FeatureShape) -> tuple[int, int]:
        """How many there are, and how many shifted ones their gradient takes."""
        drawn = self.circuits_of_encoder(arm, feature_shape)
        return len(drawn), 2 * sum(circuit.num_parameters for circuit in drawn)

    def circuits_of_encoder(self, arm: str, feature_shape: FeatureShape) -> list[Drawn]:
        """The circuits that adapters are read from, two for each matrix of the encoder; if any."""
        import jax

        from fewqubit.models.model import build_model
        from fewqubit.models.parts import ENCODER

        if self.adapts != "adapters" or self.adapter.factors != "circuit":
            return []
        model = build_model(self.encoder, self.circuit, feature_shape, arm, reads=True)
        adapters = self.adapters(model)
        encoder = jax.eval_shape(lambda: model.init(jax.random.key(0)))[ENCODER]
        return [] if adapters is None else adapters.drawn(encoder)

    def circuits_of_metric(self, arm: str) -> int:
        """Circuits for the metric of one example's state, if inner steps use a metric."""
        del arm
        return 0


class Scratch(ByGradient):
    """Adapt by gradient from a random start; a step of meta-training changes nothing.

    No meta-learning: random parameters, the same adaptation by gradient.
    """

    inner_steps: InnerSteps = 50
    kind: Literal["scratch"] = "scratch"

    def build(self, arm: AnyArm, feature_shape: FeatureShape, target: AnyTarget) -> MetaLearner:
        from fewqubit.meta.scratch import build

        return build(self, arm, feature_shape, target)

    def moves_circuit(self) -> bool:
        return self.adapts in ("all", "circuit")
