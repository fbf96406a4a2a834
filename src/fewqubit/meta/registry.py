"""Every learner, by the ``kind`` that params.yaml names. A new learner is one new row."""

from fewqubit.meta.anil import Anil
from fewqubit.meta.conditioned import Conditioned
from fewqubit.meta.kernel import KernelRidge
from fewqubit.meta.kernel_align import KernelAlign
from fewqubit.meta.kernel_svm import KernelSvm
from fewqubit.meta.learner import Learner, MetaLearner
from fewqubit.meta.maml import Fomaml, Maml
from fewqubit.meta.metasgd import MetaSgd
from fewqubit.meta.natural import Natural
from fewqubit.meta.protonet import ProtoNet
from fewqubit.meta.reptile import Reptile
from fewqubit.meta.scratch import Scratch
from fewqubit.meta.target import AnyTarget
from fewqubit.models.body import AnyArm
from fewqubit.tasks import FeatureShape

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

    Raises SettingsError: the learner knows nothing but classes, or does not fit such examples.
    """
    return learner.build(arm, feature_shape, target)
