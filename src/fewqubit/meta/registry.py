"""Every learner, by the ``kind`` that params.yaml names. A new learner is one new row."""

from collections.abc import Callable, Sequence

from fewqubit.config import AnyLearner
from fewqubit.errors import SettingsError
from fewqubit.meta.anil import anil
from fewqubit.meta.conditioned import conditioned
from fewqubit.meta.fomaml import fomaml
from fewqubit.meta.kernel import kernel
from fewqubit.meta.kernel_align import kernel_align
from fewqubit.meta.kernel_svm import kernel_svm
from fewqubit.meta.learner import MetaLearner
from fewqubit.meta.maml import maml
from fewqubit.meta.metasgd import metasgd
from fewqubit.meta.natural import natural
from fewqubit.meta.protonet import protonet
from fewqubit.meta.reptile import reptile
from fewqubit.meta.scratch import scratch
from fewqubit.models.body import AnyArm
from fewqubit.registry import resolve

LEARNERS: dict[str, Callable[..., MetaLearner]] = {
    "protonet": protonet,
    "conditioned": conditioned,
    "kernel": kernel,
    "kernel_svm": kernel_svm,
    "kernel_align": kernel_align,
    "maml": maml,
    "fomaml": fomaml,
    "anil": anil,
    "metasgd": metasgd,
    "natural": natural,
    "reptile": reptile,
    "scratch": scratch,
}


def build_learner(
    settings: AnyLearner, arm: AnyArm, feature_shape: Sequence[int], n_way: int
) -> MetaLearner:
    """The learner of ``settings`` in ``arm`` of its arms, for tasks of ``n_way`` classes.

    Raises SettingsError: the function of the user's own is not there, or gives something else.
    """
    learner = resolve(settings.kind, LEARNERS, "learner")(settings, arm, feature_shape, n_way)
    if not isinstance(learner, MetaLearner):
        raise SettingsError(
            f"learner '{settings.kind}': expected a MetaLearner (fewqubit.meta), the function "
            f"returned {type(learner).__name__}; see docs/learners.md"
        )
    return learner
