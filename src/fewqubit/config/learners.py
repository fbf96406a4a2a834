"""Settings of learners: meta-training and adaptation."""

from typing import Annotated, Any, Literal, Self

from pydantic import (
    Discriminator,
    Field,
    NonNegativeFloat,
    PositiveFloat,
    Tag,
    model_validator,
)

from fewqubit.config.models import Circuit, Encoder
from fewqubit.config.section import ImportPath, Many, Section, Some, Width, tag_of

Arm = Literal["quantum", "twin", "separable", "frozen", "bypass", "affine", "mlp", "rbf"]
OPPONENTS = ("bypass", "affine", "mlp", "rbf")  # of at most the trained size of the circuit
CLASSICAL_ARMS = ("twin", *OPPONENTS)

InnerSteps = Annotated[int, Field(ge=0, le=10_000)]  # each is differentiated through


class Training(Section):
    """Meta-training: how many tasks, of which shape, and when to stop.

    What disturbs tasks in training, and only there: ``jitter``, ``distortion`` and ``angle_noise``
    are standard deviations, of features, of the affine maps that images are seen through, and of
    angles; ``entangler_dropout`` is the share of tasks that see the circuit without entanglers;
    ``adversarial`` the largest change of a support feature for the worse.
    """

    steps: Many
    tasks_per_step: Some = 1
    n_way: Annotated[int, Field(ge=2, le=10_000)] | None = None  # None: as in the test episodes
    n_shot: Some | None = None
    n_query: Some | None = None
    both_ways: bool = False  # queries teach too, and the support is asked
    learning_rate: PositiveFloat = 1e-3
    warmup: Annotated[int, Field(ge=0, le=10_000_000)] = (
        0  # steps in which the rate rises to learning_rate
    )
    decay: Literal["constant", "cosine"] = "cosine"
    weight_decay: NonNegativeFloat = 0.0
    clip: PositiveFloat = 1.0
    validate_every: Many = 50
    vectorize_seeds: bool = True  # one step for all seeds; one after the other suits conv better
    patience: Many | None = None  # validations without a new best; None: never stop early
    jitter: NonNegativeFloat = 0.0
    distortion: NonNegativeFloat = 0.0
    angle_noise: NonNegativeFloat = 0.0
    entangler_dropout: Annotated[float, Field(ge=0, lt=1)] = 0.0
    adversarial: NonNegativeFloat = 0.0

    @model_validator(mode="after")
    def _warms_up_in_time(self) -> Self:
        if self.warmup >= self.steps:
            raise ValueError(
                f"expected warmup below the {self.steps} steps, got {self.warmup}; "
                "the rate would never be reached"
            )
        return self


class Learner(Section):
    """What every learner has; ``seeds`` training runs are made side by side.

    ``per_arm`` holds what an arm has of its own, such as ``{twin: {training: {steps: 100}}}``.
    """

    encoder: Encoder
    circuit: Circuit
    seeds: Annotated[int, Field(ge=1, le=100)] = 5
    per_arm: dict[Arm, dict[str, Any]] = {}


class ProtoNet(Learner):
    """Class states: the fidelity of a query's state to the mean state of each class.

    ``temperature`` is where the learned factor of all similarities starts.
    """

    kind: Literal["protonet"]
    temperature: PositiveFloat = 1.0
    training: Training


class KernelRidge(Learner):
    """QSVM(x; θ): quantum Gram matrix, ridge head in training, ridge or SVM at test.

    ``temperature`` and ``ridge`` are learned; here is where they start.
    """

    kind: Literal["kernel"]
    temperature: PositiveFloat = 10.0
    ridge: PositiveFloat = 0.1
    test_head: Literal["ridge", "svm"] = "ridge"
    svm_cost: PositiveFloat = 1.0
    training: Training


class KernelSvm(Learner):
    """QSVM(x; θ): quantum Gram matrix, multiclass support vectors in training and at test.

    ``temperature`` is where the learned factor of all logits starts.
    """

    kind: Literal["kernel_svm"]
    temperature: PositiveFloat = 10.0
    svm_cost: PositiveFloat = 0.1
    training: Training


class KernelAlign(Learner):
    """Quantum Gram matrix trained to agree with the classes, support vectors on top."""

    kind: Literal["kernel_align"]
    svm_cost: PositiveFloat = 1.0
    training: Training


class Conditioned(Learner):
    """Class states of a circuit whose angles a task's own embedding shifts and scales."""

    kind: Literal["conditioned"]
    temperature: PositiveFloat = 1.0
    hidden: Width = 16
    training: Training


class ByGradient(Learner):
    """A classifier on readings, adapted by gradient.

    ``adapts`` says what moves beside the readout: ``all``, nothing (``readout``), the ``circuit``,
    or ``adapters`` of ``rank`` on the encoder's weight matrices. ``reading_scale`` multiplies the
    readings: those of many qubits are small, and a readout learns as fast as their square.
    """

    inner_steps: InnerSteps = 5
    inner_lr: PositiveFloat = 0.1
    adapts: Literal["all", "readout", "circuit", "adapters"] = "all"
    rank: Width = 2
    reading_scale: PositiveFloat = 1.0


class Scratch(ByGradient):
    """No meta-learning: random parameters, the same adaptation by gradient."""

    kind: Literal["scratch"]
    inner_steps: InnerSteps = 50


class LearnedStart(ByGradient):
    """Adaptation by gradient from where meta-learning has put the start.

    ``first_order`` drops the second derivatives. At test ``test_inner_steps`` may be more, of size
    ``test_inner_lr``: the loss is a mean over the support, so where training tasks have more
    classes than tests, each example weighs less in them.
    """

    test_inner_steps: InnerSteps | None = None
    test_inner_lr: PositiveFloat | None = None
    first_order: bool = False
    training: Training


class Maml(LearnedStart):
    """The start from which a few steps of gradient solve a new task."""

    kind: Literal["maml"]


class Fomaml(LearnedStart):
    """``maml`` to first order."""

    kind: Literal["fomaml"]
    first_order: Literal[True] = True


class Anil(LearnedStart):
    """``maml`` of which only the readout adapts."""

    kind: Literal["anil"]
    adapts: Literal["readout"] = "readout"


class MetaSgd(LearnedStart):
    """``maml`` with a learned rate for every parameter; ``inner_lr`` is where they start."""

    kind: Literal["metasgd"]


class Natural(LearnedStart):
    """``maml`` whose circuit moves along the quantum natural gradient.

    ``damping`` is added to the diagonal of the metric; ``block`` keeps its entries between weights
    of the same run of so many.
    """

    kind: Literal["natural"]
    adapts: Literal["all", "circuit"] = "all"
    damping: PositiveFloat = 0.1
    block: Width | None = None


class Reptile(LearnedStart):
    """The start moves to where adaptation to the support ends; no query is used."""

    kind: Literal["reptile"]
    adapts: Literal["all"] = "all"
    first_order: Literal[True] = True

    @model_validator(mode="after")
    def _asks_nothing(self) -> Self:
        if self.training.both_ways:
            raise ValueError("training.both_ways: reptile learns from supports alone; remove it")
        return self


class CustomLearner(Learner):
    """A user's own learner, named ``module:function``, which reads ``options`` as it likes."""

    kind: ImportPath
    options: dict[str, Any] = {}
    training: Training


AnyLearner = Annotated[
    Annotated[ProtoNet, Tag("protonet")]
    | Annotated[Conditioned, Tag("conditioned")]
    | Annotated[KernelRidge, Tag("kernel")]
    | Annotated[KernelSvm, Tag("kernel_svm")]
    | Annotated[KernelAlign, Tag("kernel_align")]
    | Annotated[Maml, Tag("maml")]
    | Annotated[Fomaml, Tag("fomaml")]
    | Annotated[Anil, Tag("anil")]
    | Annotated[MetaSgd, Tag("metasgd")]
    | Annotated[Natural, Tag("natural")]
    | Annotated[Reptile, Tag("reptile")]
    | Annotated[Scratch, Tag("scratch")]
    | Annotated[CustomLearner, Tag("custom")],
    Discriminator(tag_of("kind")),
]
