"""MAML to first order."""

from collections.abc import Sequence

from fewqubit.config import Fomaml
from fewqubit.meta.gradient import descent
from fewqubit.meta.learner import MetaLearner
from fewqubit.meta.maml import learned_start
from fewqubit.meta.target import AnyTarget
from fewqubit.models.body import AnyArm
from fewqubit.models.model import build_model


def fomaml(
    settings: Fomaml, arm: AnyArm, feature_shape: Sequence[int], target: AnyTarget
) -> MetaLearner:
    """∇L_query at the adapted parameters, taken for that at the start (Finn et al. 2017, §5.2).

    No second derivative: on hardware, parameter shifts of one circuit rather than of pairs.
    """
    model = build_model(settings.encoder, settings.circuit, feature_shape, arm, reads=True)
    return learned_start(settings, model, target, descent(settings.inner_lr))
