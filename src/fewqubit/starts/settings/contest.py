"""Settings: which problems are drawn, and how starts are compared on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple, Self

from pydantic import AfterValidator, Field, PositiveFloat, model_validator

from fewqubit.base.values import AS_LIST, Some, Value
from fewqubit.starts.settings.families import Family, Range

if TYPE_CHECKING:
    import optax

Rule = Literal["gradient", "adam"]
Steps = Annotated[int, Field(ge=1, le=10_000)]

MOST_QUBITS = 16  # of a problem, since its exact ground energy is computed


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
    """``count`` problems of each size; ``ranges`` overrides ranges of the family by name."""

    sizes: Sizes
    count: Some = 32
    ranges: dict[str, Range] = Field(default={})

    def of(self, family: Family) -> Family:
        """``family`` with these ranges. Raises SettingsError: the family has no such range."""
        known = {name: getattr(family, name) for name in type(family).model_fields}
        return type(family)(**known | self.ranges)


class Descent(Value):
    """θ_{t+1} = θ_t − rate · r ∘ direction(∇E/u): plain gradient descent, or Adam.

    u is the problem's ``unit``, r the relative rates of the start.
    """

    rate: PositiveFloat = 0.1
    rule: Rule = "gradient"

    def optimizer(self) -> optax.GradientTransformation:
        """The direction only; the rate is applied later, to each angle."""
        from fewqubit.starts.descent import optimizer

        return optimizer(self)


class Goal(NamedTuple):
    """The error to reach, and the maximal number of steps."""

    target: float
    steps: int


Rates = Annotated[
    tuple[PositiveFloat, ...], Field(min_length=1, max_length=16, strict=False), AS_LIST
]


class Contest(Value):
    """How starts are compared: ``seeds`` trainings, ``steps`` of descent on each test problem.

    ``target``: the error that counts as solved. Every contestant chooses its descent on validation
    problems, among plain gradient descent at ``gradient_rates`` and Adam at ``adam_rates``.
    ``margin``: smaller factors between numbers of circuits, or of steps, do not matter;
    ``margin_at_start``: the same for differences of the error before the first step, half the
    target by default.
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
        """All descents that a contestant chooses from."""
        plain = [Descent(rate, "gradient") for rate in self.gradient_rates]
        return [*plain, *(Descent(rate, "adam") for rate in self.adam_rates)]

    def goal(self) -> Goal:
        return Goal(self.target, self.steps)

    @property
    def alike_at_start(self) -> float:
        """Equivalence margin of the error before the first step."""
        return self.target / 2 if self.margin_at_start is None else self.margin_at_start

    @model_validator(mode="after")
    def _resamples_fit(self) -> Self:
        if self.resamples * self.test.count * len(self.test.sizes) > 20_000_000:
            raise ValueError("resamples times test problems: expected at most 20 million")
        return self
