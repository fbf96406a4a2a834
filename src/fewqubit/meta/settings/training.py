"""How a learner is meta-trained."""

from typing import Annotated, Literal, Self

from pydantic import Field, NonNegativeFloat, PositiveFloat, model_validator

from fewqubit.base.values import Many, Some, Value
from fewqubit.tasks.shape import Shape


class Training(Value):
    """Meta-training: how many tasks, of which shape, and when to stop.

    What disturbs tasks in training, and only there: ``jitter``, ``distortion`` and ``angle_noise``
    are standard deviations, of features, of the affine maps that images are seen through, and of
    angles; ``entangler_dropout`` is the share of tasks that see the circuit without entanglers;
    ``adversarial`` the largest change of a support feature for the worse. With ``shots`` steps see
    what so many shots of each circuit give, derivatives by shifted circuits included; validation
    stays exact.

    ``final: all_classes`` trains once more from the beginning, on meta-train and validation classes
    together, ``steps`` steps, and keeps what stands at their end. What is said of validation stays
    that of the first time. Source: the code of Snell et al. 2017 ends its Omniglot runs so.
    """

    steps: Many = 200
    tasks_per_step: Some = 4
    n_way: Annotated[int, Field(ge=2, le=10_000)] | None = None  # None: as in the test episodes
    n_shot: Some | None = None
    n_query: Some | None = None
    both_ways: bool = False  # queries teach too, and the support is asked
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
        """Steps that it takes at most, the final training included."""
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
        """The training tasks' shape: as set here, else that of the test episodes."""
        return Shape(self.n_way or n_way, self.n_shot or n_shot, self.n_query or n_query)
