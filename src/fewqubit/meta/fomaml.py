"""MAML to first order."""

from typing import Literal

from fewqubit.meta.gradient import descent
from fewqubit.meta.learner import MetaLearner
from fewqubit.meta.maml import LearnedStart, learned_start
from fewqubit.meta.target import AnyTarget
from fewqubit.models.body import AnyArm
from fewqubit.models.model import build_model
from fewqubit.tasks import FeatureShape


class Fomaml(LearnedStart):
    """Uses ∇L_query at the adapted parameters as the gradient at the start (Finn et al. 2017,
    §5.2).

    No second derivative: on hardware, parameter shifts of one circuit rather than of pairs.

    ``maml`` to first order.
    """

    first_order: Literal[True] = True
    kind: Literal["fomaml"] = "fomaml"

    def build(self, arm: AnyArm, feature_shape: FeatureShape, target: AnyTarget) -> MetaLearner:
        model = build_model(self.encoder, self.circuit, feature_shape, arm, reads=True)
        return learned_start(self, model, target, descent(self.inner_lr))
