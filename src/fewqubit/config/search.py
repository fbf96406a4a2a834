"""Settings of the hyperparameter search: sampler, budget and space."""

from collections.abc import Collection, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Discriminator, Field, PositiveFloat, Tag, model_validator

from fewqubit.base.values import Section, Some, distinct
from fewqubit.config.arms import with_values
from fewqubit.config.learners import AnyLearner
from fewqubit.models.arm_names import CLASSICAL_ARMS, Arm


class Range(Section):
    """The numbers from ``low`` to ``high``; only integers if both ends are integers."""

    low: int | float
    high: int | float
    log: bool = False

    @model_validator(mode="after")
    def _ends(self) -> Self:
        if not self.low < self.high:
            raise ValueError(f"expected low < high, got {self.low} and {self.high}")
        if self.log and self.low <= 0:
            raise ValueError(f"a logarithmic range begins above 0, got {self.low}")
        return self


def _form(axis: Any) -> str:
    return "values" if isinstance(axis, list) else "range"


Axis = Annotated[
    Annotated[list[Any], Field(min_length=1), AfterValidator(distinct), Tag("values")]
    | Annotated[Range, Tag("range")],
    Discriminator(_form),
]


class Search(Section):
    """The same budget for every arm: ``trials``, and ``seconds`` after which no trial starts.

    A trial trains ``seeds`` seeds; its score is their mean validation accuracy. ``space`` gives,
    for each learner, the values or the range of its settings, by dotted key. ``per_arm`` adds or
    replaces axes for one arm. ``class_folds`` asks for cross-validation over that many folds of the
    meta-train classes, for validation parts that are too small: a trial trains once without each
    fold and is validated on it. ``cluster`` is the address of a Dask scheduler whose workers train
    the trials; without it, processes of this machine do.
    """

    sampler: Literal["grid", "random", "tpe"] = "tpe"
    trials: Some = 16
    seconds: PositiveFloat | None = None
    seeds: Annotated[int, Field(ge=1, le=100)] = 1
    class_folds: Annotated[int, Field(ge=2, le=100)] | None = None
    space: dict[str, dict[str, Axis]] = {}
    per_arm: dict[str, dict[Arm, dict[str, Axis]]] = {}
    cluster: str | None = None

    def axes(self, name: str, arm: str, learner: AnyLearner) -> dict[str, Axis]:
        """The axes of the search for ``learner``, named ``name``, in ``arm``.

        A setting that has no effect in an arm is no axis there: its trials would all be the same.
        """
        space = self.space.get(name, {})
        geometries = _geometries(space, learner)
        shared = {key: axis for key, axis in space.items() if acts(key, arm, geometries)}
        by_arm = self.per_arm.get(name, {})
        return shared | next((axes for name, axes in by_arm.items() if name == arm), {})


_OF_GEOMETRY = {"circuit.gamma": "projected", "circuit.flip_weight": "hamming"}


def acts(key: str, arm: str, geometries: Collection[str]) -> bool:
    """Whether a value at ``key`` has an effect in ``arm``.

    ``circuit.bandwidth`` and kernel scales act only in quantum arms, and a kernel scale only if
    ``geometries`` contains its geometry. ``circuit.classical`` acts only in classical arms. Every
    other setting acts in all arms.
    """
    if arm in CLASSICAL_ARMS:
        return key != "circuit.bandwidth" and key not in _OF_GEOMETRY
    if key in _OF_GEOMETRY:
        return _OF_GEOMETRY[key] in geometries
    return not key.startswith("circuit.classical.")


def _geometries(space: Mapping[str, Axis], learner: AnyLearner) -> set[str]:
    """The geometries that are tried, or the one in the settings."""
    tried = space.get("circuit.geometry")
    return set(tried) if isinstance(tried, list) else {learner.circuit.geometry}


def check_space(search: Search, learners: Mapping[str, AnyLearner]) -> None:
    """Raise ValueError, in one line, if a learner does not accept a value of the search."""
    for where, spaces in (("space", search.space), ("per_arm", search.per_arm)):
        for name in spaces:
            if name not in learners:
                known = ", ".join(sorted(learners))
                raise ValueError(
                    f"search.{where}: there is no learner '{name}'; described: {known}"
                )
    for name, axes in search.space.items():
        _check_axes(f"search.space.{name}", axes, learners[name])
    for name, arms in search.per_arm.items():
        for arm, axes in arms.items():
            where = f"search.per_arm.{name}.{arm}"
            _check_axes(where, axes, learners[name])
            geometries = _geometries({**search.space.get(name, {}), **axes}, learners[name])
            inert = next((key for key in axes if not acts(key, arm, geometries)), None)
            if inert:
                raise ValueError(f"{where}: {inert} changes nothing in the arm '{arm}'; remove it")


def _check_axes(where: str, axes: Mapping[str, Axis], learner: AnyLearner) -> None:
    for key, axis in axes.items():
        values = [axis.low, axis.high] if isinstance(axis, Range) else axis
        for value in values:
            try:
                with_values(learner, {key: value})
            except ValueError as error:
                raise ValueError(f"{where}: {error}") from None
