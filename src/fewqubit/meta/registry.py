"""Every learner, by the ``kind`` that params.yaml names. A new learner is one new row."""

from collections.abc import Callable, Sequence

import jax
import jax.numpy as jnp
from jaxtyping import Array, PRNGKeyArray

from fewqubit.config import AnyLearner, ByGradient, CustomLearner
from fewqubit.config.registry import resolve
from fewqubit.errors import OwnCodeError, SettingsError
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
from fewqubit.meta.target import AnyTarget, Target
from fewqubit.models.body import AnyArm
from fewqubit.usercode import OwnCode

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
    settings: AnyLearner, arm: AnyArm, feature_shape: Sequence[int], target: AnyTarget
) -> MetaLearner:
    """The learner of ``settings`` in ``arm`` of its arms; ``target``: how many classes, or else.

    Raises SettingsError: the function of the user's own is not there; the learner knows nothing
    but classes. Raises OwnCodeError: the function raises, or gives something else.
    """
    if isinstance(target, Target) and not isinstance(settings, ByGradient | CustomLearner):
        raise SettingsError(
            f"learner '{settings.kind}' compares classes and takes their number, not a Target; for "
            "regression take a learner that adapts by gradient, such as maml"
        )
    make = resolve(settings.kind, LEARNERS, "learner")
    if settings.kind in LEARNERS:
        return make(settings, arm, feature_shape, target)
    with OwnCode(f"learner '{settings.kind}'"):
        learner = make(settings, arm, feature_shape, target)
        if isinstance(learner, MetaLearner) and isinstance(target, int):
            _check_answers(learner, settings.kind, tuple(feature_shape), target)
    if not isinstance(learner, MetaLearner):
        raise OwnCodeError(
            f"learner '{settings.kind}': expected a MetaLearner (fewqubit.meta), the function "
            f"returned {type(learner).__name__}; see docs/learners.md"
        )
    return learner


def _check_answers(learner: MetaLearner, name: str, shape: tuple[int, ...], n_way: int) -> None:
    """Raise OwnCodeError unless ``learner`` gives a logit for each query and class."""

    def answer(key: PRNGKeyArray, x: Array, y: Array) -> Array:
        return learner.predict(learner.adapt(learner.init(key).params, x, y), x)

    x = jax.ShapeDtypeStruct((2 * n_way, *shape), jnp.float32)
    y = jax.ShapeDtypeStruct((2 * n_way,), jnp.int32)
    logits = jax.eval_shape(answer, jax.random.key(0), x, y)
    found = getattr(logits, "shape", type(logits).__name__)
    if found != (2 * n_way, n_way):
        raise OwnCodeError(
            f"learner '{name}': expected logits [queries, classes], here {[2 * n_way, n_way]}, "
            f"predict gave {found}"
        )
