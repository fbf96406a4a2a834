"""The user's own learner: named by import path, or an object of this process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from uuid import uuid4

from pydantic import Field

from fewqubit.base.values import ImportPath
from fewqubit.errors import FewqubitError, SettingsError
from fewqubit.meta.settings.learner import Taught
from fewqubit.tasks.shape import Shape

if TYPE_CHECKING:
    from fewqubit.meta.learner import MetaLearner
    from fewqubit.meta.target import AnyTarget
    from fewqubit.models.body import AnyArm
    from fewqubit.tasks.inputs import FeatureShape

FUNCTIONS = "init", "step", "adapt", "predict"
_MEMORY = "memory"  # stands for the module in the kind of an object without import path
_in_memory: dict[str, Any] = {}  # kind -> a learner that was passed as an object


class OwnLearner(Taught):
    """``kind`` is ``module:function``; the function interprets ``options``.

    Its signature is (this value, arm, feature_shape, number of classes or Target) -> MetaLearner.
    Whether it uses readings or kernels of a circuit is not known.
    """

    compares: ClassVar[bool] = False
    pads: ClassVar[bool] = False  # how it treats the label −1 is not known

    options: dict[str, Any] = Field(default={})
    kind: ImportPath = Field(kw_only=True)

    def build(self, arm: AnyArm, feature_shape: FeatureShape, target: AnyTarget) -> MetaLearner:
        """Raises SettingsError: the function is not there; OwnCodeError: it raises, or returns
        something else.
        """
        from fewqubit.meta.own import build

        check_arm(self.kind, arm)
        return build(self, arm, feature_shape, target)

    def circuits_of_task(
        self, arm: str, shape: Shape, feature_shape: FeatureShape
    ) -> tuple[int, int]:
        """Circuits counted while it adapts and answers; if that fails, those of a Gram matrix.

        The count does not depend on entanglers or on what is trained. The circuit of four functions
        without a ``build`` is not known here, so none is counted.
        """
        from fewqubit.meta.own import measured_circuits

        if not hasattr(held(self.kind, OwnLearner), "build"):
            return 0, 0
        try:
            return measured_circuits(self, shape, feature_shape)
        except FewqubitError:
            return super().circuits_of_task(arm, shape, feature_shape)


def held(kind: str, other: object = None) -> Any:
    """The object of this process that ``kind`` names, or ``other``."""
    return _in_memory.get(kind, other)


def is_held(kind: str) -> bool:
    """Whether ``kind`` names an object of one process, not a function by import path."""
    return kind.startswith(f"{_MEMORY}:")


def in_memory(learner: object) -> OwnLearner:
    """Settings that refer to ``learner``, an object of the user's own class, in this process.

    It has ``build(arm, feature_shape, n_way) -> MetaLearner``, or the four functions of a
    MetaLearner as methods; those are used for the arm ``quantum``. Encoder, circuit and training
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
    """Raise SettingsError if ``kind`` names an object that exists in this process only."""
    if is_held(kind):
        raise SettingsError(
            f"{shown(kind)}: a class of your own has no name by which a saved model finds it "
            "again; write a function that builds it and name it, as in "
            "OwnLearner(kind='own.parts:function')"
        )


def check_arm(kind: str, arm: AnyArm) -> None:
    """Raise SettingsError if ``kind`` names four functions, and ``arm`` is not ``quantum``."""
    learner = _in_memory.get(kind)
    if learner is not None and not hasattr(learner, "build") and arm != "quantum":
        raise SettingsError(
            f"{shown(kind)}: expected a method build(arm, feature_shape, n_way) for the arm "
            f"{arm!r:.40}; its four functions stand for the arm quantum alone"
        )


def shown(kind: str) -> str:
    """The import path, or the name of the class."""
    module, _, name = kind.partition(":")
    return name.rpartition("_")[0] if module == _MEMORY else kind
