"""Every learner, by the ``kind`` that params.yaml names. A new learner is one new row."""

from collections.abc import Callable, Sequence

import jax

from fewqubit.config import AnyLearner, Maml, Scratch
from fewqubit.meta.gradient import gradient_adaptation
from fewqubit.meta.kernel import kernel
from fewqubit.meta.learner import MetaLearner
from fewqubit.meta.maml import maml
from fewqubit.meta.protonet import protonet
from fewqubit.meta.scratch import scratch
from fewqubit.models.qann import build_qann, n_features

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


def build_path(
    settings: AnyLearner,
    arm: str,
    feature_shape: Sequence[int],
    n_way: int,
    steps: Sequence[int],
) -> MetaLearner | None:
    """The learner of ``settings`` stopped after each of ``steps`` of gradient adaptation.

    ``adapt`` gives the adapted parameters and ``predict`` the logits with a leading axis of steps.
    None for a learner that adapts in closed form.
    """
    if not isinstance(settings, Maml | Scratch):
        return None
    model = build_qann(settings.encoder, settings.circuit, feature_shape, arm)
    width = n_features(settings.circuit)
    adaptation = gradient_adaptation(model, width, n_way, max(steps), settings.inner_lr)
    return build_learner(settings, arm, feature_shape, n_way)._replace(
        adapt=lambda params, x, y: adaptation.path(params, x, y, steps),
        predict=jax.vmap(adaptation.predict, in_axes=(0, None)),
    )
