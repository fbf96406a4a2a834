"""Settings of data sets that are read: where the rows of each source come from."""

from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    Discriminator,
    Field,
    Tag,
    model_validator,
)

from fewqubit.base.values import ImportPath, distinct, tag_of
from fewqubit.data.dataset import ClassFiles, ClassLists, Dataset, Fractions
from fewqubit.data.embeddings.settings import Embed
from fewqubit.data.generated import Coset, Glyphs, HiddenManifold, Linear, Phases
from fewqubit.data.pictures.settings import Pictures

Degrees = Literal[0, 90, 180, 270]
Digit = Annotated[int, Field(ge=0, le=9)]
Said = Literal["number", "category", "yes_no", "date", "drop"]
Turns = Annotated[list[Degrees], Field(min_length=1), AfterValidator(distinct)]


def _frozen(embed: Embed) -> Embed:
    """``embed``. Raises ValueError: it asks for what only labelled texts allow."""
    asked = {"tune": embed.tune is not None, "layers": bool(embed.layers)}
    for name in (one for one, is_asked in asked.items() if is_asked):
        raise ValueError(
            f"expected no {name} but with source: text, whose rows are texts with labels"
        )
    return embed


Frozen = Annotated[Embed, AfterValidator(_frozen)]


class Digits(Dataset):
    """scikit-learn's digits; each rotation of a base digit is a separate class."""

    source: Literal["digits"]
    rotations: dict[Digit, Turns] = Field(min_length=1)
    split: ClassLists


class Omniglot(Dataset):
    """Omniglot, downloaded, or read from ``folder``; rotations of a character are classes."""

    source: Literal["omniglot"]
    folder: str | None = None
    runs: str | None = None  # Lake's one-shot runs, a zip or a folder: these are the test tasks
    split: Literal["vinyals", "background_evaluation"] = "vinyals"
    size: Annotated[int, Field(ge=4, le=105)] = 28  # of the drawings: 105
    rotations: Turns = Field(default=[0, 90, 180, 270])

    @model_validator(mode="after")
    def _runs_test_alone(self) -> Self:
        if self.runs is not None and self.split != "background_evaluation":
            raise ValueError(
                "expected split: background_evaluation beside runs, got vinyals, which trains on "
                "characters that the runs ask about"
            )
        return self


class Table(Dataset):
    """Any CSV or Parquet file with one column of labels.

    ``group`` names a column that says which classes belong together: no split divides a group.
    ``tasks: groups`` makes each group a separate task, with labels that all groups share.
    ``tasks: numbers`` does so for regression: the target is the number in the column ``label``.
    ``columns`` lists the features, or gives the kind of some columns; None: all other columns are
    features, by plain rules (``fewqubit.data.mixed.kinds``). ``missing`` lists texts that mean a
    missing value, in addition to the usual ones. The last four say how a CSV file is written; None:
    detected from the file (``fewqubit.data.files.written``), except for ``thousands``.
    """

    source: Literal["table"]
    path: str
    label: str
    group: str | None = None
    tasks: Literal["classes", "groups", "numbers"] = "classes"
    columns: Annotated[list[str] | dict[str, Said], Field(min_length=1)] | None = None
    missing: list[str] = Field(default=[])
    encoding: str | None = None
    separator: Literal[",", ";", "\t", "|"] | None = None
    decimal: Literal[".", ","] | None = None
    thousands: Literal[".", ",", "'", " ", "_"] | None = None
    split: ClassLists | ClassFiles | Fractions = Fractions()

    @property
    def asks_numbers(self) -> bool:
        """Whether ``label`` is a column of numbers."""
        return self.tasks == "numbers"

    @model_validator(mode="after")
    def _groups_are_tasks(self) -> Self:
        if self.asks_numbers and (not self.group or self.episodes.within_group):
            raise ValueError(
                "tasks: numbers needs the column of the groups (group), each of which is a task, "
                "and no episodes.within_group"
            )
        if self.tasks == "groups" and not (self.group and self.episodes.within_group):
            raise ValueError(
                "tasks: groups needs the column of the groups (group), and episodes.within_group: "
                "true"
            )
        return self


class Text(Dataset):
    """Texts with labels in a CSV, Parquet or JSON lines file; ``embed`` makes them vectors.

    ``text``, ``label`` and ``group`` name columns; no split divides a group.
    """

    source: Literal["text"]
    path: str
    text: str = "text"
    label: str = "label"
    group: str | None = None
    embed: Embed
    split: ClassLists | ClassFiles | Fractions = Fractions()

    @model_validator(mode="after")
    def _two_columns(self) -> Self:
        if self.label == self.text:
            raise ValueError(f"expected two columns, text and label, got '{self.text}' for both")
        return self


class Tokens(Dataset):
    """Sentences with named entities; ``embed`` makes each word a vector, in its sentence.

    ``path`` is a file, a folder of files, or a list. The format, columns of CoNLL or spans in JSON
    lines, is detected from the file. ``coarse`` reads ``person-actor`` as ``person``. The split is
    one of types: a sentence belongs to meta-test if it has an entity of a meta-test type, else to
    validation if it has one of a validation type. In ``episodes``, n_way counts O, words without a
    type, as a class. n_shot and n_query count entities: each type has this many to twice as many.
    """

    source: Literal["tokens"]
    path: str | Annotated[list[str], Field(min_length=1)]
    coarse: bool = False
    embed: Frozen
    duplicates: Literal["one_side", "allow"] = "one_side"
    split: ClassLists | ClassFiles | Fractions = Fractions()

    @property
    def paths(self) -> list[str]:
        """``path`` as a list."""
        return [self.path] if isinstance(self.path, str) else self.path


class Images(Dataset):
    """A folder of class folders of pictures, or a CSV file of paths and labels.

    ``group`` names the column that says which classes belong together, or is ``folder``: the folder
    above a class folder. ``file`` and ``label`` are columns of a CSV file. ``embed`` turns pictures
    into vectors of a frozen encoder.
    """

    source: Literal["images"]
    path: str
    pictures: Pictures = Pictures()
    embed: Frozen | None = None
    file: str = "file"
    label: str = "label"
    group: str | None = None
    split: ClassLists | Fractions = Fractions()


class Memory(Dataset):
    """Rows in memory; params.yaml cannot name them."""

    source: Literal["memory"] = "memory"
    split: ClassLists | Fractions = Fractions()


class Custom(Dataset):
    """A user's own source, named ``module:function``; called with ``options``."""

    source: ImportPath
    options: dict[str, Any] = Field(default={})
    split: ClassLists | Fractions = Fractions()


AnyDataset = Annotated[
    Annotated[Digits, Tag("digits")]
    | Annotated[Omniglot, Tag("omniglot")]
    | Annotated[Table, Tag("table")]
    | Annotated[Images, Tag("images")]
    | Annotated[Text, Tag("text")]
    | Annotated[Tokens, Tag("tokens")]
    | Annotated[Glyphs, Tag("glyphs")]
    | Annotated[Phases, Tag("phases")]
    | Annotated[Coset, Tag("coset")]
    | Annotated[Linear, Tag("linear")]
    | Annotated[HiddenManifold, Tag("hidden_manifold")]
    | Annotated[Custom, Tag("custom")],
    Discriminator(tag_of("source")),
]
