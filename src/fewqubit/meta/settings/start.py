"""Learners that meta-learn the start of adaptation by gradient: the MAML family."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Self

from pydantic import PositiveFloat, model_validator

from fewqubit.base.values import Width
from fewqubit.meta.settings.gradient import ByGradient, InnerSteps
from fewqubit.meta.settings.training import Training
from fewqubit.tasks.shape import Shape

if TYPE_CHECKING:
    from fewqubit.meta.learner import MetaLearner
    from fewqubit.meta.target import AnyTarget
    from fewqubit.models.body import AnyArm
    from fewqubit.tasks.inputs import FeatureShape


class LearnedStart(ByGradient):
    """Adaptation by gradient from a meta-learned start.

    ``first_order`` drops the second derivatives. At test there may be more steps
    (``test_inner_steps``) of another rate (``test_inner_lr``): the loss is a mean over the support,
    so each example weighs less in training tasks if they have more classes than test tasks.
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
        """The support counts once for every step; with ``both_ways``, so do the queries."""
        support, query = shape.n_way * shape.n_shot, shape.n_way * shape.n_query
        once = self.inner_steps * support + query
        return once + (self.inner_steps * query + support) * self.training.both_ways


class Maml(LearnedStart):
    """Learn a start from which ``inner_steps`` of gradient descent solve a new task.

    The outer gradient is taken through the inner ones: exact second order, unless ``first_order``
    (Finn et al. 2017, §5.2). At test, ``test_inner_steps`` may be more and ``test_inner_lr``
    another rate.

    The start from which a few gradient steps solve a new task.
    """

    kind: Literal["maml"] = "maml"

    def build(self, arm: AnyArm, feature_shape: FeatureShape, target: AnyTarget) -> MetaLearner:
        from fewqubit.meta.maml import build

        return build(self, arm, feature_shape, target)


class Fomaml(LearnedStart):
    """Uses ∇L_query at the adapted parameters as the gradient at the start (Finn et al. 2017,
    §5.2).

    There is no second derivative: on hardware, single parameter shifts suffice instead of pairs.

    First-order ``maml``.
    """

    first_order: Literal[True] = True
    kind: Literal["fomaml"] = "fomaml"

    def build(self, arm: AnyArm, feature_shape: FeatureShape, target: AnyTarget) -> MetaLearner:
        from fewqubit.meta.maml import build

        return build(self, arm, feature_shape, target)


class Anil(LearnedStart):
    """MAML with an inner loop over the readout alone (Raghu et al. 2020, arXiv 1909.09157, §4).

    Each example takes one circuit for any number of steps, since its readings do not change.

    ``maml``, but only the readout adapts.
    """

    adapts: Literal["readout"] = "readout"
    kind: Literal["anil"] = "anil"

    def build(self, arm: AnyArm, feature_shape: FeatureShape, target: AnyTarget) -> MetaLearner:
        from fewqubit.meta.maml import build

        return build(self, arm, feature_shape, target)


class MetaSgd(LearnedStart):
    """φ_{t+1} = φ_t − α ∘ ∇L_support(φ_t) with a learned α for every parameter.

    Li, Zhou, Chen, Li (2017), arXiv 1707.09835, here for any number of steps. All outputs of the
    readout share their rates, since class labels are arbitrary. α starts at ``inner_lr``.

    ``maml`` with a learned rate for every parameter; ``inner_lr`` is their initial value.
    """

    kind: Literal["metasgd"] = "metasgd"

    def build(self, arm: AnyArm, feature_shape: FeatureShape, target: AnyTarget) -> MetaLearner:
        from fewqubit.meta.metasgd import build

        return build(self, arm, feature_shape, target)


class Natural(LearnedStart):
    """θ_{t+1} = θ_t − α (F + λ)⁻¹ ∇_θ L_support; encoder and readout by plain gradient.

    F is the Fubini–Study metric, averaged over the support's states (Stokes et al. 2020, arXiv
    1909.02108); in classical arms it is JᵀJ, the Fisher information of the features. F is the full
    matrix, which is affordable in simulation, or its diagonal blocks of ``block`` consecutive
    weights, which a device can measure. The outer gradient is taken through F as well.

    ``maml`` whose circuit adapts along the quantum natural gradient.

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
        """Four circuits for each pair of weights in a block (Mari et al. 2021, 2008.06517, §V)."""
        from fewqubit.models.arms import build_body
        from fewqubit.models.classical import trained_size

        body = build_body(self.circuit, arm, reads=True)
        n_weights = trained_size(body.init)
        block = min(self.block or n_weights, n_weights)
        sizes = [min(block, n_weights - start) for start in range(0, n_weights, block or 1)]
        return 4 * sum(size * (size + 1) // 2 for size in sizes)


class Reptile(LearnedStart):
    """φ ← φ − β mean over tasks of (φ − φ_k), with φ_k = φ after ``inner_steps`` on the support.

    Nichol, Achiam, Schulman (2018), arXiv 1803.02999, algorithm 2; AdamW gets the difference as a
    gradient. Queries are answered for the learning curve only; the loss of the curve is that of the
    support after adaptation.

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
