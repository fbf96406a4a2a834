"""Which problems are drawn, and how starts meet on them."""

from typing import Annotated, Self

from pydantic import AfterValidator, Field, PositiveFloat, model_validator

from fewqubit.base.values import AS_LIST, Some, Value
from fewqubit.starts.contest import Goal
from fewqubit.starts.descent import Descent, Steps
from fewqubit.starts.families.contract import Family, Range

MOST_QUBITS = 16  # of a problem: its reference is exact


def _rising(sizes: tuple[int, ...]) -> tuple[int, ...]:
    if list(sizes) != sorted(set(sizes)):
        raise ValueError(f"expected sizes that rise, got {list(sizes)}")
    return sizes


Size = Annotated[int, Field(ge=2, le=MOST_QUBITS)]
Sizes = Annotated[
    tuple[Size, ...],
    Field(min_length=1, max_length=8, strict=False),
    AfterValidator(_rising),
    AS_LIST,
]


class Instances(Value):
    """``count`` problems of each size; ``ranges`` replaces ranges of the family, by their names."""

    sizes: Sizes
    count: Some = 32
    ranges: dict[str, Range] = Field(default={})

    def of(self, family: Family) -> Family:
        """``family`` with these ranges. Raises SettingsError for one that it has not."""
        known = {name: getattr(family, name) for name in type(family).model_fields}
        return type(family)(**known | self.ranges)


Rates = Annotated[
    tuple[PositiveFloat, ...], Field(min_length=1, max_length=16, strict=False), AS_LIST
]


class Contest(Value):
    """How starts meet: each of ``seeds`` trainings, each test problem, ``steps`` down the gradient.

    ``target``: the error that counts as solved. Every contestant chooses its descent on validation
    problems, among plain gradient descent at ``gradient_rates`` and Adam at ``adam_rates``.
    ``margin``: a factor between numbers of circuits, or of steps, below which there is no
    difference; ``margin_at_start``: an error before the first step, half the target by default.
    """

    train: Instances
    validation: Instances
    test: Instances
    target: Annotated[float, Field(gt=0, le=1)] = 0.01
    steps: Steps = 50
    seeds: Annotated[int, Field(ge=1, le=100)] = 3
    gradient_rates: Rates = (0.03, 0.1, 0.3, 1.0)
    adam_rates: Rates = (0.003, 0.01, 0.03, 0.1)
    margin: Annotated[float, Field(gt=1, le=10)] = 1.1
    margin_at_start: PositiveFloat | None = None
    confidence: Annotated[float, Field(gt=0, lt=1)] = 0.95
    resamples: Some = 2000

    def descents(self) -> list[Descent]:
        """All that a contestant chooses from."""
        plain = [Descent(rate, "gradient") for rate in self.gradient_rates]
        return [*plain, *(Descent(rate, "adam") for rate in self.adam_rates)]

    def goal(self) -> Goal:
        return Goal(self.target, self.steps)

    @property
    def alike_at_start(self) -> float:
        """The difference of errors before the first step that does not matter."""
        return self.target / 2 if self.margin_at_start is None else self.margin_at_start

    @model_validator(mode="after")
    def _resamples_fit(self) -> Self:
        if self.resamples * self.test.count * len(self.test.sizes) > 20_000_000:
            raise ValueError("resamples times test problems: expected at most 20 million")
        return self
