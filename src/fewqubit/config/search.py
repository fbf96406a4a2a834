"""Settings of the search for hyperparameters: how it looks, for how long, and where."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, PositiveFloat, PositiveInt, Tag, model_validator

from fewqubit.config.arms import with_values
from fewqubit.config.learners import AnyLearner
from fewqubit.config.section import Section


class Range(Section):
    """All numbers from ``low`` to ``high``; whole ones if both ends are whole."""

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
    Annotated[list[Any], Field(min_length=1), Tag("values")] | Annotated[Range, Tag("range")],
    Discriminator(_form),
]


class Search(Section):
    """The same budget for every arm: ``trials``, and the ``seconds`` after which none begins.

    A trial trains ``seeds`` seeds and counts their mean validation accuracy. ``space`` gives, for
    each learner, the values or the range of its settings, by dotted key.
    """

    sampler: Literal["grid", "random", "tpe"] = "tpe"
    trials: PositiveInt = 16
    seconds: PositiveFloat | None = None
    seeds: PositiveInt = 1
    space: dict[str, dict[str, Axis]] = {}


def check_space(
    space: Mapping[str, Mapping[str, Axis]], learners: Mapping[str, AnyLearner]
) -> None:
    """Raise ValueError, in one line, if a value of ``space`` is not one that the learner takes."""
    for name, axes in space.items():
        if name not in learners:
            known = ", ".join(sorted(learners))
            raise ValueError(f"search.space: there is no learner '{name}'; described: {known}")
        for key, axis in axes.items():
            values = [axis.low, axis.high] if isinstance(axis, Range) else axis
            for value in values:
                try:
                    with_values(learners[name], {key: value})
                except ValueError as error:
                    raise ValueError(f"search.space.{name}: {error}") from None
