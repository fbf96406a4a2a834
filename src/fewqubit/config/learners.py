"""Settings of learners: encoder, circuit, meta-training and adaptation."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Field, PositiveFloat, PositiveInt, Tag

from fewqubit.config.section import Section

Arm = Literal["quantum", "twin", "separable", "frozen", "bypass"]


class FeatureMap(Section):
    """A fixed circuit for the encode stage: ``kind`` is a registry row or ``module:function``."""

    kind: str
    n_qubits: Annotated[int, Field(ge=1, le=20)]
    repetitions: PositiveInt = 1
    bandwidth: PositiveFloat = 1.0


def _encoder(kind: str) -> str:
    known = ("identity", "mlp", "conv", "strided_conv")
    if kind not in known and ":" not in kind:
        raise ValueError(f"expected one of {', '.join(known)}, or your own as module:function")
    return kind


class Encoder(Section):
    """The classical network g_w from features to circuit angles.

    ``widths`` are the hidden layers of ``mlp`` (none: one affine map) or the channels of the blocks
    of ``conv`` (max-pooled) and ``strided_conv`` (about four times faster). ``options`` are for an
    encoder of the user's own, named ``module:function``.
    """

    kind: Annotated[str, AfterValidator(_encoder)]
    widths: list[PositiveInt] = []
    options: dict[str, Any] = {}


class Circuit(Section):
    """Feature map and ansatz; the feature map's inputs are the encoder's outputs.

    ``readout`` is what gradient learners see: ⟨Z_q⟩ of every qubit, with ``zz`` also ⟨Z_p Z_q⟩ of
    every pair.
    """

    feature_map: str
    n_qubits: Annotated[int, Field(ge=1, le=20)]
    repetitions: PositiveInt = 1
    bandwidth: PositiveFloat = 1.0
    ansatz: str = "none"
    layers: Annotated[int, Field(ge=0)] = 0
    readout: Literal["z", "zz"] = "z"


class Training(Section):
    """Meta-training: how many tasks, of which shape, and when to stop."""

    steps: PositiveInt
    tasks_per_step: PositiveInt = 1
    n_way: Annotated[int, Field(ge=2)] | None = None  # None: as in the test episodes
    n_shot: PositiveInt | None = None
    n_query: PositiveInt | None = None
    learning_rate: PositiveFloat = 1e-3
    decay: Literal["constant", "cosine"] = "cosine"
    weight_decay: Annotated[float, Field(ge=0)] = 0.0
    clip: PositiveFloat = 1.0
    validate_every: PositiveInt = 50
    vectorize_seeds: bool = True  # one step for all seeds; one after the other suits conv better
    patience: PositiveInt | None = None  # validations without a new best; None: never stop early


class Learner(Section):
    """What every learner has; ``seeds`` training runs are made side by side.

    ``per_arm`` holds what an arm has of its own, such as ``{twin: {training: {steps: 100}}}``.
    """

    encoder: Encoder
    circuit: Circuit
    seeds: Annotated[int, Field(ge=1)] = 5
    per_arm: dict[Arm, dict[str, Any]] = {}


class ProtoNet(Learner):
    """Class states: the fidelity of a query's state to the mean state of each class."""

    kind: Literal["protonet"]
    training: Training


class KernelRidge(Learner):
    """QSVM(x; θ): quantum Gram matrix, ridge head in training, ridge or SVM at test."""

    kind: Literal["kernel"]
    ridge: PositiveFloat = 0.1
    test_head: Literal["ridge", "svm"] = "ridge"
    svm_cost: PositiveFloat = 1.0
    training: Training


class Maml(Learner):
    """A QANN adapted by gradient; ``first_order`` drops the second derivatives (FOMAML)."""

    kind: Literal["maml"]
    inner_steps: Annotated[int, Field(ge=0)] = 5
    test_inner_steps: Annotated[int, Field(ge=0)] | None = None
    inner_lr: PositiveFloat = 0.1
    first_order: bool = False
    training: Training


class Scratch(Learner):
    """No meta-learning: random parameters, the same adaptation by gradient."""

    kind: Literal["scratch"]
    inner_steps: Annotated[int, Field(ge=0)] = 50
    inner_lr: PositiveFloat = 0.1


class CustomLearner(Learner):
    """A user's own learner, named ``module:function``, which reads ``options`` as it likes."""

    kind: Annotated[str, Field(pattern=r"^[\w.]+:\w+$")]
    options: dict[str, Any] = {}
    training: Training


def kind(value: Any) -> str:
    """The tag of a learner's settings: its kind, or ``custom`` for an import path."""
    name = value.get("kind") if isinstance(value, Mapping) else getattr(value, "kind", None)
    return "custom" if ":" in str(name) else str(name)


AnyLearner = Annotated[
    Annotated[ProtoNet, Tag("protonet")]
    | Annotated[KernelRidge, Tag("kernel")]
    | Annotated[Maml, Tag("maml")]
    | Annotated[Scratch, Tag("scratch")]
    | Annotated[CustomLearner, Tag("custom")],
    Discriminator(kind),
]
