"""Almost no inner loop: only the readout adapts."""

from collections.abc import Sequence

from fewqubit.config import Anil
from fewqubit.meta.gradient import descent
from fewqubit.meta.learner import MetaLearner
from fewqubit.meta.maml import learned_start
from fewqubit.meta.target import AnyTarget
from fewqubit.models.body import AnyArm
from fewqubit.models.model import build_model


def anil(
    settings: Anil, arm: AnyArm, feature_shape: Sequence[int], target: AnyTarget
) -> MetaLearner:
    """MAML with an inner loop over the readout alone (Raghu et al. 2020, arXiv 1909.09157, §4).

    Each example is one circuit, however many the steps: its readings are the same in all of them.
    """
    model = build_model(settings.encoder, settings.circuit, feature_shape, arm, reads=True)
    return learned_start(settings, model, target, descent(settings.inner_lr))
