"""The section ``embed`` of a data set: which frozen encoder makes its raw examples vectors."""

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, PositiveFloat, model_validator

from fewqubit.base.usercode import parts
from fewqubit.base.values import Many, Repeats, Some, Value, distinct

Library = Literal["sentence-transformers", "transformers", "timm", "torchvision"]
TUNED = ("sentence-transformers", "transformers")  # libraries whose models can be fine-tuned
FOLDERS = ("/", "./", "../", "~", "data/")  # how the name of a folder begins


def _model(name: str) -> str:
    """A name that can be one. Raises ValueError, in one line."""
    if not name.strip() or not name.isprintable():
        raise ValueError("expected a folder, a name on the hub, or module:function")
    if ":" in name and not name.startswith(FOLDERS):
        parts(name)
    return name


class Tune(Value):
    """How an encoder of texts is fine-tuned before it is frozen, on meta-train classes alone.

    kind:            ``lora``: W + (alpha / rank) B A in place of each weight W that is trained;
                     A and B have ``rank`` rows and columns, and B begins at 0
    targets:         last part of the names of the layers that are trained
    steps:           of AdamW, an episode each, whose rate falls to 0 as a cosine
    n_way …:         the shape of an episode, with at most as many classes as there are
    temperature:     logits of a query are its cosines to the class means, over this number
    validate_every:  steps between two looks at episodes of validation classes, and checkpoints
    patience:        looks without a new best, after which nothing more is learned
    """

    kind: Literal["lora"] = "lora"
    rank: Repeats = 8
    alpha: PositiveFloat = 16.0
    targets: Annotated[list[str], Field(min_length=1), AfterValidator(distinct)] = Field(
        default=["query", "value"]
    )
    steps: Many = 400
    learning_rate: PositiveFloat = 5e-4
    n_way: Annotated[int, Field(ge=2, le=1000)] = 5
    n_shot: Some = 1
    n_query: Some = 5
    temperature: PositiveFloat = 0.05
    validate_every: Many = 50
    patience: Many = 4


class Embed(Value):
    """A frozen encoder, and how it is asked.

    model:      a folder that holds it, its name on the hub, or a function of one's own,
                ``module:function``, from a list of raw examples to an array [n, d]
    library:    what reads the folder
    batch:      how many examples the encoder sees at a time
    length:     most tokens of a text; None: as many as the model takes
    pooling:    of ``transformers``: a text is the mean of its tokens, or the first of them
    normalize:  whether vectors have length 1
    revision:   on the hub; None: the newest
    options:    of a function of one's own, by name
    tune:       whether, and how, it is fine-tuned on meta-train classes before it is frozen
    """

    model: Annotated[str, AfterValidator(_model)]
    library: Library = "sentence-transformers"
    batch: Some = 64
    length: Some | None = None
    pooling: Literal["mean", "first"] = "mean"
    normalize: bool = True
    revision: str | None = None
    options: dict[str, Any] = Field(default={})
    tune: Tune | None = None

    @model_validator(mode="after")
    def _has_weights(self) -> Self:
        if self.tune is not None and (self.is_own or self.library not in TUNED):
            raise ValueError(
                f"expected tune beside a model of {' or '.join(TUNED)}, got {self.model} of "
                f"{'your own' if self.is_own else self.library}; leave tune out"
            )
        return self

    @property
    def is_own(self) -> bool:
        """Whether ``model`` is a function of the user's own."""
        return ":" in self.model and not self.is_folder

    @property
    def is_folder(self) -> bool:
        """Whether ``model`` is written as a folder is; another name is looked up on the hub."""
        return self.model.startswith(FOLDERS)
