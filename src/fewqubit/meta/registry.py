"""Every learner, by the ``kind`` that params.yaml names. A new learner is one new row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fewqubit.meta.settings.gradient import Scratch
from fewqubit.meta.settings.kernels import KernelAlign, KernelRidge, KernelSvm
from fewqubit.meta.settings.learner import Learner
from fewqubit.meta.settings.prototypes import Conditioned, ProtoNet
from fewqubit.meta.settings.start import Anil, Fomaml, Maml, MetaSgd, Natural, Reptile

if TYPE_CHECKING:
    from fewqubit.meta.learner import MetaLearner
    from fewqubit.meta.target import AnyTarget
    from fewqubit.models.body import AnyArm
    from fewqubit.tasks.inputs import FeatureShape

LEARNERS: dict[str, type[Learner]] = {
    "protonet": ProtoNet,
    "conditioned": Conditioned,
    "kernel": KernelRidge,
    "kernel_svm": KernelSvm,
    "kernel_align": KernelAlign,
    "maml": Maml,
    "fomaml": Fomaml,
    "anil": Anil,
    "metasgd": MetaSgd,
    "natural": Natural,
    "reptile": Reptile,
    "scratch": Scratch,
}


def build_learner(
    learner: Learner, arm: AnyArm, feature_shape: FeatureShape, target: AnyTarget
) -> MetaLearner:
    """``learner`` in one arm; ``target`` is the number of classes, or a Target.

    Raises SettingsError: the learner supports only classes, or does not fit such examples.
    """
    return learner.build(arm, feature_shape, target)
