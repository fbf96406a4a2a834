"""How a learner is meta-trained."""

from typing import Annotated, Literal, Self

from pydantic import Field, NonNegativeFloat, PositiveFloat, model_validator

from fewqubit.base.values import Many, Some, Value
from fewqubit.tasks.shape import Shape


class Training(Value):
    """Meta-training: how many tasks, of which shape, and when to stop.

    Tasks are augmented in training only. ``jitter``, ``distortion`` and ``angle_noise`` are
    standard deviations: of noise on features, of random affine maps of images, and of noise on
    angles. ``entangler_dropout`` is the share of tasks whose circuit has no entanglers.
    ``adversarial`` is the largest adversarial change of a support feature. With ``shots``, steps
    use estimates from this many shots of each circuit, and derivatives from shifted circuits;
    validation stays exact.

    ``final: all_classes`` then trains from the beginning for ``steps`` steps on meta-train and
    validation classes together, and keeps the last parameters. Reported validation scores are those
    of the first training. Source: the code of Snell et al. 2017 ends its Omniglot runs so.
    """

    steps: Many = 200
    tasks_per_step: Some = 4
    n_way: Annotated[int, Field(ge=2, le=10_000)] | None = None  # None: as in the test episodes
    n_shot: Some | None = None
    n_query: Some | None = None
    both_ways: bool = False  # swap support and query, and average both losses
    learning_rate: PositiveFloat = 0.01
    warmup: Annotated[int, Field(ge=0, le=10_000_000)] = 0  # steps in which the rate rises
    decay: Literal["constant", "cosine"] = "cosine"
    weight_decay: NonNegativeFloat = 0.0
    clip: PositiveFloat = 1.0
    validate_every: Many = 50
    vectorize_seeds: bool = True  # one step for all seeds; one after the other suits conv better
    patience: Many | None = None  # validations without a new best; None: never stop early
    final: Literal["validated", "all_classes"] = "validated"
    jitter: NonNegativeFloat = 0.0
    distortion: NonNegativeFloat = 0.0
    angle_noise: NonNegativeFloat = 0.0
    entangler_dropout: Annotated[float, Field(ge=0, lt=1)] = 0.0
    adversarial: NonNegativeFloat = 0.0
    shots: Many | None = None  # of each circuit in a step; None: exact

    @model_validator(mode="after")
    def _warms_up_in_time(self) -> Self:
        if self.warmup >= self.steps:
            raise ValueError(
                f"expected warmup below the {self.steps} steps, got {self.warmup}; "
                "the rate would never be reached"
            )
        return self

    @property
    def longest(self) -> int:
        """The largest number of steps, the final training included."""
        return 2 * self.steps if self.final == "all_classes" else self.steps

    @model_validator(mode="after")
    def _one_circuit_for_each_shot(self) -> Self:
        if self.shots and self.entangler_dropout:
            raise ValueError(
                "training.shots and training.entangler_dropout do not go together: a circuit is "
                "read from shots with its entanglers; remove one of the two"
            )
        return self

    def shape(self, n_way: int, n_shot: int, n_query: int) -> Shape:
        """The shape of training tasks: as set here, else that of the test episodes."""
        return Shape(self.n_way or n_way, self.n_shot or n_shot, self.n_query or n_query)
