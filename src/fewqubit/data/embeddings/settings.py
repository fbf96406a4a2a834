"""The section ``embed`` of a data set: which frozen encoder makes its raw examples vectors."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import AfterValidator, Field

from fewqubit.base.usercode import parts
from fewqubit.base.values import Some, Value

Library = Literal["sentence-transformers", "transformers", "timm", "torchvision"]
FOLDERS = ("/", "./", "../", "~", "data/")  # how the name of a folder begins


def _model(name: str) -> str:
    """A name that can be one. Raises ValueError, in one line."""
    if not name.strip() or not name.isprintable():
        raise ValueError("expected a folder, a name on the hub, or module:function")
    if ":" in name and not name.startswith(FOLDERS):
        parts(name)
    return name


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
    """

    model: Annotated[str, AfterValidator(_model)]
    library: Library = "sentence-transformers"
    batch: Some = 64
    length: Some | None = None
    pooling: Literal["mean", "first"] = "mean"
    normalize: bool = True
    revision: str | None = None
    options: dict[str, Any] = Field(default={})

    @property
    def is_own(self) -> bool:
        """Whether ``model`` is a function of the user's own."""
        return ":" in self.model and not self.is_folder

    @property
    def is_folder(self) -> bool:
        """Whether ``model`` is written as a folder is; another name is looked up on the hub."""
        return self.model.startswith(FOLDERS)


class Embedding(NamedTuple):
    """What a data set's texts became vectors by: whoever answers other texts needs the same.

    column:    what the column of texts is called
    embed:     which encoder, and how it was asked
    checksum:  of the encoder
    """

    column: str
    embed: Embed
    checksum: str


def packed(embedding: Embedding) -> dict[str, Any]:
    """For JSON."""
    return {**embedding._asdict(), "embed": embedding.embed.model_dump()}


def unpacked(value: Mapping[str, Any]) -> Embedding:
    """What ``packed`` was given."""
    return Embedding(value["column"], Embed.model_validate(value["embed"]), value["checksum"])
