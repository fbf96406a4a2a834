"""Every learner, by the ``kind`` that params.yaml names. A new learner is one new row."""

from collections.abc import Callable, Sequence

from fewqubit.config import AnyLearner
from fewqubit.meta.kernel import kernel
from fewqubit.meta.learner import MetaLearner
from fewqubit.meta.maml import maml
from fewqubit.meta.protonet import protonet
from fewqubit.meta.scratch import scratch

LEARNERS: dict[str, Callable[..., MetaLearner]] = {
    "protonet": protonet,
    "kernel": kernel,
    "maml": maml,
    "scratch": scratch,
}


def build_learner(
    settings: AnyLearner, arm: str, feature_shape: Sequence[int], n_way: int
) -> MetaLearner:
    """The learner of ``settings``: arm ``quantum`` or ``twin``, for tasks of ``n_way`` classes."""
    return LEARNERS[settings.kind](settings, arm, feature_shape, n_way)
