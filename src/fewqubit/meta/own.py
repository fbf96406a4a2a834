"""A learner of the user's own, named by import path; or an object, while this process lives."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar
from uuid import uuid4

import jax
import jax.numpy as jnp
from jaxtyping import Array, PRNGKeyArray
from pydantic import Field

from fewqubit.backends import Bill, total
from fewqubit.backends.tally import tally
from fewqubit.base.registry import resolve
from fewqubit.base.usercode import OwnCode
from fewqubit.base.values import ImportPath
from fewqubit.errors import FewqubitError, OwnCodeError, SettingsError
from fewqubit.meta.learner import MetaLearner, MetaState, Taught
from fewqubit.meta.target import AnyTarget
from fewqubit.models.body import AnyArm
from fewqubit.models.measured import measured
from fewqubit.tasks import FeatureShape, Inputs, Shape, rows_of, structs
from fewqubit.tasks.inputs import is_array

FUNCTIONS = "init", "step", "adapt", "predict"
_MEMORY = "memory"  # the module in the kind of what settings cannot name
_in_memory: dict[str, Any] = {}  # by kind: a learner that was handed over as an object


class OwnLearner(Taught):
    """``kind`` is ``module:function``; the function reads ``options`` as it likes.

    It is (this value, arm, feature_shape, number of classes or Target) -> MetaLearner. What it sees
    of a circuit is not known.
    """

    compares: ClassVar[bool] = False

    options: dict[str, Any] = Field(default={})
    kind: ImportPath = Field(kw_only=True)

    def build(self, arm: AnyArm, feature_shape: FeatureShape, target: AnyTarget) -> MetaLearner:
        """Raises SettingsError: the function is not there; OwnCodeError: it raises, or gives
        something else.
        """
        check_arm(self.kind, arm)
        make = _maker(self.kind)
        with OwnCode(f"learner '{_shown(self.kind)}'"):
            learner = make(self, arm, feature_shape, target)
            named = isinstance(arm, str)  # a measured circuit cannot be initialised
            if isinstance(learner, MetaLearner) and isinstance(target, int) and named:
                _check_answers(learner, _shown(self.kind), feature_shape, target)
        if not isinstance(learner, MetaLearner):
            raise OwnCodeError(
                f"learner '{_shown(self.kind)}': expected a MetaLearner (fewqubit.meta), it "
                f"returned {type(learner).__name__}; see docs/learners.md"
            )
        return learner

    def circuits_of_task(
        self, arm: str, shape: Shape, feature_shape: FeatureShape
    ) -> tuple[int, int]:
        """Counted while it adapts and answers; as with a Gram matrix where it cannot be measured.

        Entanglers and what is trained play no part in it. Four functions without a ``build`` have
        no circuit that is known here: none is counted.
        """
        if not hasattr(_in_memory.get(self.kind, OwnLearner), "build"):
            return 0, 0
        bills: list[Bill] = []
        try:
            return self._measured(bills, shape, feature_shape)
        except FewqubitError:
            return super().circuits_of_task(arm, shape, feature_shape)

    def _measured(
        self, bills: list[Bill], shape: Shape, feature_shape: FeatureShape
    ) -> tuple[int, int]:
        key = jax.random.key(0)
        counted = self.build(measured(tally, key, bills), feature_shape, shape.n_way)
        params = self.build("quantum", feature_shape, shape.n_way).init(key).params
        x = _any(key, feature_shape, shape.n_way * shape.n_shot + 1)
        with OwnCode(f"learner '{_shown(self.kind)}'"):
            y = jnp.arange(shape.n_way).repeat(shape.n_shot)
            support, query = rows_of(x, slice(1, None)), rows_of(x, slice(1))
            adapted = jax.block_until_ready(counted.adapt(params, support, y))
            adapt = total(bills).circuits
            jax.block_until_ready(counted.predict(adapted, query))
        return adapt, total(bills).circuits - adapt


def in_memory(learner: object) -> OwnLearner:
    """Settings that lead to ``learner``, an object of the user's own class, in this process.

    It has ``build(arm, feature_shape, n_way) -> MetaLearner``, or the four functions of a
    MetaLearner as methods, which then stand for the arm ``quantum``. Encoder, circuit and training
    are its attributes of these names, or the defaults.

    Raises SettingsError: it has neither.
    """
    name = type(learner).__name__
    missing = [one for one in FUNCTIONS if not callable(getattr(learner, one, None))]
    if isinstance(learner, type) or (missing and not callable(getattr(learner, "build", None))):
        raise SettingsError(
            f"learner: expected a learner such as ProtoNet(), or an object with the methods "
            f"{', '.join(FUNCTIONS)} or with build, got {learner!r:.60}; see docs/learners.md"
        )
    known = [kind for kind, one in _in_memory.items() if one is learner]
    kind = known[0] if known else f"{_MEMORY}:{name}_{uuid4().hex}"
    _in_memory[kind] = learner
    parts = {part: getattr(learner, part, None) for part in ("encoder", "circuit", "training")}
    return OwnLearner(**{part: value for part, value in parts.items() if value}, kind=kind)


def check_named(kind: str) -> None:
    """Raise SettingsError if ``kind`` leads to an object of this process alone."""
    if kind.startswith(f"{_MEMORY}:"):
        raise SettingsError(
            f"{_shown(kind)}: a class of your own has no name by which a saved model finds it "
            "again; write a function that builds it and name it, as in "
            "OwnLearner(kind='own.parts:function')"
        )


def _maker(kind: str) -> Callable[..., Any]:
    """(settings, arm, feature_shape, target) -> MetaLearner, if the user's code is right."""
    if not kind.startswith(f"{_MEMORY}:"):
        return resolve(kind, {}, "learner")
    if kind not in _in_memory:
        raise SettingsError(
            f"{_shown(kind)}: expected the process that this learner was handed over in; fit again"
        )
    learner = _in_memory[kind]
    if hasattr(learner, "build"):
        return lambda settings, *of_task: learner.build(*of_task)
    return lambda *of_task: MetaLearner(*(getattr(learner, name) for name in FUNCTIONS))


def check_arm(kind: str, arm: AnyArm) -> None:
    """Raise SettingsError if ``kind`` leads to four functions, and ``arm`` is not theirs."""
    learner = _in_memory.get(kind)
    if learner is not None and not hasattr(learner, "build") and arm != "quantum":
        raise SettingsError(
            f"{_shown(kind)}: expected a method build(arm, feature_shape, n_way) for the arm "
            f"{arm!r:.40}; its four functions stand for the arm quantum alone"
        )


def _shown(kind: str) -> str:
    """The import path, or the name of the class."""
    module, _, name = kind.partition(":")
    return name.rpartition("_")[0] if module == _MEMORY else kind


def _any(key: PRNGKeyArray, shape: FeatureShape, n: int) -> Inputs:
    """Examples of no meaning: random numbers; of other types, ones."""
    if is_array(shape):
        return jax.random.normal(key, (n, *shape))
    return jax.tree.map(lambda leaf: jnp.ones(leaf.shape, leaf.dtype), structs(shape, n))


def _check_answers(learner: MetaLearner, name: str, shape: FeatureShape, n_way: int) -> None:
    """Raise OwnCodeError unless ``learner`` gives a logit for each query and class."""

    def answer(key: PRNGKeyArray, x: Inputs, y: Array) -> Array:
        begun = learner.init(key)
        if not isinstance(begun, MetaState) or not isinstance(begun.params, Mapping):
            raise OwnCodeError(
                f"learner '{name}': expected init to give a MetaState (fewqubit.meta) whose params "
                f"are a mapping of parts, it gave {begun!r:.80}"
            )
        return learner.predict(learner.adapt(begun.params, x, y), x)

    x = structs(shape, 2 * n_way)
    y = jax.ShapeDtypeStruct((2 * n_way,), jnp.int32)
    logits = jax.eval_shape(answer, jax.random.key(0), x, y)
    found = getattr(logits, "shape", type(logits).__name__)
    if found != (2 * n_way, n_way):
        raise OwnCodeError(
            f"learner '{name}': expected logits [queries, classes], here {[2 * n_way, n_way]}, "
            f"predict gave {found}"
        )
