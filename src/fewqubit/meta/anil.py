"""MAML in which only the readout adapts."""

from typing import Literal

from fewqubit.meta.gradient import descent
from fewqubit.meta.learner import MetaLearner
from fewqubit.meta.maml import LearnedStart, learned_start
from fewqubit.meta.target import AnyTarget
from fewqubit.models.body import AnyArm
from fewqubit.models.model import build_model
from fewqubit.tasks import FeatureShape


class Anil(LearnedStart):
    """MAML with an inner loop over the readout alone (Raghu et al. 2020, arXiv 1909.09157, §4).

    Each example is one circuit, however many the steps: its readings are the same in all of them.

    ``maml``, but only the readout adapts.
    """

    adapts: Literal["readout"] = "readout"
    kind: Literal["anil"] = "anil"

    def build(self, arm: AnyArm, feature_shape: FeatureShape, target: AnyTarget) -> MetaLearner:
        model = build_model(self.encoder, self.circuit, feature_shape, arm, reads=True)
        return learned_start(self, model, target, descent(self.inner_lr))
