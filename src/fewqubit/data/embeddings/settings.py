"""The section ``embed`` of a data set: which frozen encoder embeds its raw examples."""

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, PositiveFloat, model_validator

from fewqubit.base.usercode import parts
from fewqubit.base.values import Many, Repeats, Some, Value, distinct

Layer = Annotated[int, Field(ge=0, le=1000)]
Library = Literal["sentence-transformers", "transformers", "timm", "torchvision"]
OF_TEXTS = ("sentence-transformers", "transformers")  # models with layers to read or fine-tune
FOLDERS = ("/", "./", "../", "~", "data/")  # prefixes that mark a name as a folder


def _model(name: str) -> str:
    """``name``, if it can name a model. Raises ValueError, in one line."""
    if not name.strip() or not name.isprintable():
        raise ValueError("expected a folder, a name on the hub, or module:function")
    if ":" in name and not name.startswith(FOLDERS):
        parts(name)
    return name


class Tune(Value):
    """How an encoder of texts is fine-tuned before it is frozen, on meta-train classes alone.

    kind:            ``lora``: W + (alpha / rank) B A replaces each trained weight matrix W;
                     A has ``rank`` rows, B has ``rank`` columns and starts at 0
    targets:         last part of the names of the layers that are trained
    loss:            ``episodes``: of an episode's queries against its class means;
                     ``contrastive``: of each of its texts against all its others
    steps:           steps of AdamW, one episode each; the rate falls to 0 along a cosine
    n_way …:         the shape of an episode; n_way is at most the number of classes
    temperature:     logits are cosines, divided by this number
    validate_every:  steps between two validations; each also writes a checkpoint
    patience:        validations without a new best, after which training stops
    with_frozen:     whether a vector is that of the encoder as it came, followed by the tuned one
    """

    kind: Literal["lora"] = "lora"
    rank: Repeats = 8
    alpha: PositiveFloat = 16.0
    targets: Annotated[list[str], Field(min_length=1), AfterValidator(distinct)] = Field(
        default=["query", "value"]
    )
    loss: Literal["episodes", "contrastive"] = "episodes"
    steps: Many = 400
    learning_rate: PositiveFloat = 5e-4
    n_way: Annotated[int, Field(ge=2, le=1000)] = 5
    n_shot: Some = 1
    n_query: Some = 5
    temperature: PositiveFloat = 0.05
    validate_every: Many = 50
    patience: Many = 4
    with_frozen: bool = False


class Embed(Value):
    """A frozen encoder and its settings.

    model:      a folder with the model, its name on the hub, or your own function,
                ``module:function``, from a list of raw examples to an array [n, d]
    library:    the library that reads the folder
    batch:      how many examples the encoder sees at a time
    length:     maximal number of tokens of a text; None: the model's own maximum
    pooling:    for ``transformers``: a text is the mean of its tokens, or the first of them
    normalize:  whether vectors are scaled to length 1
    precision:  of the network's matrix products; ``bfloat16`` is faster where the processor has it
    revision:   on the hub; None: the newest
    options:    keyword arguments of your own function
    layers:     whose mean token states follow the vector of a text: 1 is after the first layer, 0
                before it; none: the vector alone
    tune:       how it is fine-tuned on meta-train classes before it is frozen; None: not at all
    """

    model: Annotated[str, AfterValidator(_model)]
    library: Library = "sentence-transformers"
    batch: Some = 64
    length: Some | None = None
    pooling: Literal["mean", "first"] = "mean"
    normalize: bool = True
    precision: Literal["float32", "bfloat16"] = "float32"
    revision: str | None = None
    options: dict[str, Any] = Field(default={})
    layers: Annotated[list[Layer], AfterValidator(distinct)] = Field(default=[])
    tune: Tune | None = None

    @model_validator(mode="after")
    def _has_weights(self) -> Self:
        asked = "tune" if self.tune is not None else "layers" if self.layers else None
        if asked and (self.is_own or self.library not in OF_TEXTS):
            raise ValueError(
                f"expected {asked} beside a model of {' or '.join(OF_TEXTS)}, got {self.model} of "
                f"{'your own' if self.is_own else self.library}; leave {asked} out"
            )
        return self

    @model_validator(mode="after")
    def _has_a_network(self) -> Self:
        if self.is_own and self.precision != "float32":
            raise ValueError(
                f"expected no precision beside a function of your own, got {self.precision}; "
                "leave it out, and let the function choose"
            )
        return self

    @property
    def plain(self) -> set[str]:
        """Names of settings that change nothing as they stand, for records older than they are."""
        unused = {"tune": self.tune is None, "layers": not self.layers}
        return {name for name, is_unused in unused.items() if is_unused}

    @property
    def is_own(self) -> bool:
        """Whether ``model`` is the user's own function."""
        return ":" in self.model and not self.is_folder

    @property
    def is_folder(self) -> bool:
        """Whether ``model`` is written like a folder; any other name is looked up on the hub."""
        return self.model.startswith(FOLDERS)
