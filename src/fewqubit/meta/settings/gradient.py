"""Learners that adapt by gradient descent: the MAML family, and its start without learning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self

from pydantic import Field, PositiveFloat, model_validator

from fewqubit.base.values import Width
from fewqubit.meta.settings.learner import Learner
from fewqubit.meta.settings.training import Training
from fewqubit.tasks.shape import Shape

if TYPE_CHECKING:
    from fewqubit.meta.learner import MetaLearner
    from fewqubit.meta.target import AnyTarget
    from fewqubit.models.body import AnyArm
    from fewqubit.tasks.inputs import FeatureShape

InnerSteps = Annotated[int, Field(ge=0, le=10_000)]  # each is differentiated through


class ByGradient(Learner):
    """A classifier on readings, adapted by gradient.

    ``adapts`` says what adapts beside the readout: ``all``, nothing (``readout``), the ``circuit``,
    or ``adapters`` of ``rank`` on the encoder's weight matrices. ``reading_scale`` multiplies the
    readings: those of many qubits are small, and a readout learns as fast as their square.
    """

    inner_steps: InnerSteps = 5
    inner_lr: PositiveFloat = 0.1
    adapts: Literal["all", "readout", "circuit", "adapters"] = "all"
    rank: Width = 2
    reading_scale: PositiveFloat = 1.0

    compares: ClassVar[bool] = False
    reads: ClassVar[bool] = True

    def steps_at_test(self) -> int:
        """Inner steps at test."""
        return self.inner_steps

    def circuits_each(self) -> int:
        """Members read side by side take one each, superposed one in all."""
        members = self.circuit.members * (1 + len(self.circuit.bagged))
        return members if self.circuit.combine == "concat" else 1

    def circuits_to_answer(self, n_support: int) -> int:
        """The query alone is read."""
        del n_support
        return self.circuits_each()

    def circuits_to_adapt(self, arm: str, n_support: int) -> int:
        """For each step and support example one circuit, and those of the shift rule for each angle
        that the gradient goes through; the encoder's goes through the inputs.

        A readout that adapts alone reads each example once. Shares of an ensemble are angles of its
        control register.
        """
        from fewqubit.circuits.drawn import circuits_of
        from fewqubit.gradients import count_shifted

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

    def circuits_of_metric(self, arm: str) -> int:
        """Circuits for the metric of one example's state, where steps follow one."""
        del arm
        return 0


class LearnedStart(ByGradient):
    """Adaptation by gradient from a meta-learned start.

    ``first_order`` drops the second derivatives. At test ``test_inner_steps`` may be more, of size
    ``test_inner_lr``: the loss is a mean over the support, so where training tasks have more
    classes than tests, each example weighs less in them.
    """

    test_inner_steps: InnerSteps | None = None
    test_inner_lr: PositiveFloat | None = None
    first_order: bool = False
    training: Training = Training()

    def meta_training(self) -> Training:
        return self.training

    def steps_at_test(self) -> int:
        return self.inner_steps if self.test_inner_steps is None else self.test_inner_steps

    def examples_seen(self, shape: Shape) -> int:
        """The support once in every step; with ``both_ways``, the queries too."""
        seen, asked = shape.n_way * shape.n_shot, shape.n_way * shape.n_query
        once = self.inner_steps * seen + asked
        return once + (self.inner_steps * asked + seen) * self.training.both_ways


class Maml(LearnedStart):
    """Learn a start from which ``inner_steps`` of gradient descent solve a new task.

    The outer gradient goes through the inner ones: exact second order, unless ``first_order``
    (Finn et al. 2017, §5.2). At test ``test_inner_steps`` may be more, and ``test_inner_lr``
    another rate.

    The start from which a few steps of gradient solve a new task.
    """

    kind: Literal["maml"] = "maml"

    def build(self, arm: AnyArm, feature_shape: FeatureShape, target: AnyTarget) -> MetaLearner:
        from fewqubit.meta.maml import build

        return build(self, arm, feature_shape, target)


class Fomaml(LearnedStart):
    """Uses ∇L_query at the adapted parameters as the gradient at the start (Finn et al. 2017,
    §5.2).

    No second derivative: on hardware, parameter shifts of one circuit rather than of pairs.

    ``maml`` to first order.
    """

    first_order: Literal[True] = True
    kind: Literal["fomaml"] = "fomaml"

    def build(self, arm: AnyArm, feature_shape: FeatureShape, target: AnyTarget) -> MetaLearner:
        from fewqubit.meta.maml import build

        return build(self, arm, feature_shape, target)


class Anil(LearnedStart):
    """MAML with an inner loop over the readout alone (Raghu et al. 2020, arXiv 1909.09157, §4).

    Each example is one circuit, however many the steps: its readings are the same in all of them.

    ``maml``, but only the readout adapts.
    """

    adapts: Literal["readout"] = "readout"
    kind: Literal["anil"] = "anil"

    def build(self, arm: AnyArm, feature_shape: FeatureShape, target: AnyTarget) -> MetaLearner:
        from fewqubit.meta.maml import build

        return build(self, arm, feature_shape, target)


class MetaSgd(LearnedStart):
    """φ_{t+1} = φ_t − α ∘ ∇L_support(φ_t) with a learned α for every parameter.

    Li, Zhou, Chen, Li (2017), arXiv 1707.09835, here for any number of steps. The readout's
    rates are shared by its outputs: names of classes are arbitrary. α starts at ``inner_lr``.

    ``maml`` with a learned rate for every parameter; ``inner_lr`` is where they start.
    """

    kind: Literal["metasgd"] = "metasgd"

    def build(self, arm: AnyArm, feature_shape: FeatureShape, target: AnyTarget) -> MetaLearner:
        from fewqubit.meta.metasgd import build

        return build(self, arm, feature_shape, target)


class Natural(LearnedStart):
    """θ_{t+1} = θ_t − α (F + λ)⁻¹ ∇_θ L_support; encoder and readout by plain gradient.

    F is the Fubini–Study metric of the support's states, their mean (Stokes et al. 2020, arXiv
    1909.02108); in classical arms JᵀJ, the Fisher information of the features. F is the whole
    matrix, which is affordable in simulation, or its diagonal blocks of ``block`` consecutive
    weights, which a device can measure. The outer gradient is taken through F as well.

    ``maml`` whose circuit moves along the quantum natural gradient.

    ``damping`` is added to the diagonal of the metric; ``block=k`` keeps only its k × k diagonal
    blocks.
    """

    adapts: Literal["all", "circuit"] = "all"
    damping: PositiveFloat = 0.1
    block: Width | None = None
    kind: Literal["natural"] = "natural"

    def build(self, arm: AnyArm, feature_shape: FeatureShape, target: AnyTarget) -> MetaLearner:
        from fewqubit.meta.natural import build

        return build(self, arm, feature_shape, target)

    def circuits_of_metric(self, arm: str) -> int:
        """Four for each pair of weights in a block (Mari et al. 2021, arXiv 2008.06517, §V)."""
        from fewqubit.models.arms import build_body
        from fewqubit.models.classical import trained_size

        body = build_body(self.circuit, arm, reads=True)
        n_weights = trained_size(body.init)
        block = min(self.block or n_weights, n_weights)
        sizes = [min(block, n_weights - start) for start in range(0, n_weights, block or 1)]
        return 4 * sum(size * (size + 1) // 2 for size in sizes)


class Reptile(LearnedStart):
    """φ ← φ − β mean over tasks of (φ − φ_k), with φ_k = φ after ``inner_steps`` on the support.

    Nichol, Achiam, Schulman (2018), arXiv 1803.02999, algorithm 2, with the difference given to
    AdamW as a gradient. Queries are answered for the learning curve only; the loss it shows is that
    of the support after adaptation.

    The start moves to where adaptation to the support ends; no query is used.
    """

    adapts: Literal["all"] = "all"
    first_order: Literal[True] = True
    kind: Literal["reptile"] = "reptile"

    @model_validator(mode="after")
    def _asks_nothing(self) -> Self:
        if self.training.both_ways:
            raise ValueError("training.both_ways: reptile learns from supports alone; remove it")
        return self

    def build(self, arm: AnyArm, feature_shape: FeatureShape, target: AnyTarget) -> MetaLearner:
        from fewqubit.meta.reptile import build

        return build(self, arm, feature_shape, target)


class Scratch(ByGradient):
    """Adapt from a random start by gradient; a step of meta-training changes nothing.

    No meta-learning: random parameters, the same adaptation by gradient.
    """

    inner_steps: InnerSteps = 50
    kind: Literal["scratch"] = "scratch"

    def build(self, arm: AnyArm, feature_shape: FeatureShape, target: AnyTarget) -> MetaLearner:
        from fewqubit.meta.scratch import build

        return build(self, arm, feature_shape, target)

    def moves_circuit(self) -> bool:
        return self.adapts in ("all", "circuit")
