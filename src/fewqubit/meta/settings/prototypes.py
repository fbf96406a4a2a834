"""Learners that compare a query with a state of each class."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal, Self

from pydantic import NonNegativeFloat, PositiveFloat, model_validator

from fewqubit.base.values import Width
from fewqubit.meta.settings.learner import Taught
from fewqubit.tasks.shape import Shape

if TYPE_CHECKING:
    from fewqubit.meta.learner import MetaLearner
    from fewqubit.meta.target import AnyTarget
    from fewqubit.models.body import AnyArm
    from fewqubit.tasks.inputs import FeatureShape


class ProtoNet(Taught):
    """Class states: logits_c = τ ⟨ψ_q| ρ_c |ψ_q⟩ with a learned sharpness τ, initially 15.

    In classical arms: logits_c = −τ γ ‖f_q − μ_c‖² (Snell et al. 2017, eq. 2), initially τ = 1.
    ``temperature`` multiplies the initial τ in both.

    With ``means: features`` a class becomes one row in every arm: the mean of its features goes
    through encoder and circuit. The features of supports and queries are first scaled to length 1.
    A query is compared with one state for each class, however many shots there are.

    Class states: the fidelity of a query's state to the mean state of each class.

    ``temperature`` is the initial value of the learned factor of all similarities. ``cosine`` adds
    the cosine similarity of the raw features in every arm: logits_c = … + s cos(x_q, mean of class
    c). The body then learns a correction to it. ``cosine`` is the initial value of s, which is
    learned too.
    """

    temperature: PositiveFloat = 1.0
    cosine: NonNegativeFloat = 0.0
    means: Literal["states", "features"] = "states"
    kind: Literal["protonet"] = "protonet"

    def build(self, arm: AnyArm, feature_shape: FeatureShape, target: AnyTarget) -> MetaLearner:
        from fewqubit.meta.protonet import build

        return build(self, arm, feature_shape, target)

    @model_validator(mode="after")
    def _one_mean_at_a_time(self) -> Self:
        if self.cosine and self.means == "features":
            raise ValueError(
                "expected cosine: 0 with means: features, whose states hold the cosine already; "
                "set one of the two"
            )
        return self

    def circuits_of_task(
        self, arm: str, shape: Shape, feature_shape: FeatureShape
    ) -> tuple[int, int]:
        if self.means == "features":
            return 0, self.circuits_to_answer(shape.n_way)
        return super().circuits_of_task(arm, shape, feature_shape)

    def circuits_to_adapt(self, arm: str, n_support: int) -> int:
        """0: class states are compared with queries only."""
        del arm, n_support
        return 0


class Conditioned(Taught):
    """φ_k(x) = γ(z_k) ∘ g_w(x) + β(z_k), then class states as in ``protonet``.

    z_k is the mean reading of the support under γ = 1, β = 0; it does not depend on class labels.
    A network with one hidden layer maps z_k to log γ and β; initially γ = 1, β = 0. This is task
    conditioning as in TADAM (Oreshkin et al. 2018, arXiv 1805.10123, §2.2), on angles instead of
    channels. θ is shared; a task adapts by two passes over its support.

    Class states of a circuit; a task embedding shifts and scales its angles.
    """

    reads: ClassVar[bool] = True

    temperature: PositiveFloat = 1.0
    hidden: Width = 16
    kind: Literal["conditioned"] = "conditioned"

    def build(self, arm: AnyArm, feature_shape: FeatureShape, target: AnyTarget) -> MetaLearner:
        from fewqubit.meta.conditioned import build

        return build(self, arm, feature_shape, target)

    def examples_seen(self, shape: Shape) -> int:
        """The support counts twice; with ``both_ways``, so do the queries."""
        support, query = shape.n_way * shape.n_shot, shape.n_way * shape.n_query
        return (2 * support + query) + (2 * query + support) * self.training.both_ways

    def circuits_to_adapt(self, arm: str, n_support: int) -> int:
        """The task embedding reads each support example."""
        from fewqubit.circuits.drawn import circuits_of

        del arm
        return n_support * len(circuits_of(self.circuit))
