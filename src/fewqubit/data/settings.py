"""Settings of data sets: where rows come from, how classes are split, what episodes look like."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Discriminator,
    Field,
    NonNegativeFloat,
    Tag,
    model_validator,
)

from fewqubit.base.values import (
    Fraction,
    ImportPath,
    Many,
    Repeats,
    Section,
    Seed,
    Some,
    Width,
    distinct,
    tag_of,
)

MOST_ROWS = 50_000_000  # of int32, a few times over

Degrees = Literal[0, 90, 180, 270]
Digit = Annotated[int, Field(ge=0, le=9)]
Turns = Annotated[list[Degrees], Field(min_length=1), AfterValidator(distinct)]
Script = Literal["latin", "greek", "cyrillic", "armenian", "georgian"]


class Episodes(Section):
    """The shape and number of the frozen episodes on which every learner is tested.

    ``within_group``: a task's classes belong together (phases of one chain, wards of one hospital).
    """

    n_way: Annotated[int, Field(ge=2, le=10_000)]
    n_shot: Some
    n_query: Some
    n_validation: Many
    n_test: Many
    within_group: bool = False

    @model_validator(mode="after")
    def _fits_in_memory(self) -> Self:
        rows = self.n_way * (self.n_shot + self.n_query)
        if (most := rows * max(self.n_validation, self.n_test)) > MOST_ROWS:
            raise ValueError(
                f"expected at most {MOST_ROWS} rows in all validation or test episodes, got {most}:"
                f" {rows} in each; lower n_validation, n_test or n_query"
            )
        return self


class Features(Section):
    """The transform from raw rows to features, fitted on meta-train classes only."""

    scale: Literal["none", "minmax", "standard"] = "none"
    pca: Width | None = None
    flatten: bool = False


def _class_name(value: Any) -> Any:
    """YAML reads 1e3 as a number with a point, and true as a truth: no class is called so."""
    if isinstance(value, bool | float) or value is None:
        raise ValueError("a class is text or a whole number; quote its name")
    return value


ClassName = Annotated[int | str, BeforeValidator(_class_name)]


class ClassLists(Section):
    """A split that names its classes (or groups of classes: base digits)."""

    meta_train: list[ClassName] = Field(min_length=1)
    validation: list[ClassName] = Field(min_length=1)
    meta_test: list[ClassName] = Field(min_length=1)

    @model_validator(mode="after")
    def _disjoint(self) -> Self:
        everything = [*self.meta_train, *self.validation, *self.meta_test]
        twice = sorted({str(name) for name in everything if everything.count(name) > 1})
        if twice:
            raise ValueError(f"a class belongs to one split only; in several: {', '.join(twice)}")
        return self


class Fractions(Section):
    """A random split of the classes by share, drawn from the named stream of the data set."""

    fractions: tuple[Fraction, Fraction, Fraction] = (0.6, 0.2, 0.2)

    @model_validator(mode="before")
    @classmethod
    def _from_list(cls, value: Any) -> Any:
        if isinstance(value, Mapping) and isinstance(value.get("fractions"), list):
            return {**value, "fractions": tuple(value["fractions"])}
        return value

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if abs(sum(self.fractions) - 1) > 1e-6:
            raise ValueError(f"fractions sum to 1; these sum to {sum(self.fractions):g}")
        return self


class Dataset(Section):
    """What every data set has, wherever it comes from.

    ``duplicates``: where equal rows of a class are in a task: on one side, support or query; the
    first of them alone (``drop``); or anywhere (``allow``), so that a query may have been shown.
    """

    features: Features = Features()
    duplicates: Literal["one_side", "drop", "allow"] = "one_side"
    episodes: Episodes


class Digits(Dataset):
    """scikit-learn's digits; rotations of a base digit are classes of their own."""

    source: Literal["digits"]
    rotations: dict[Digit, Turns] = Field(min_length=1)
    split: ClassLists


class Omniglot(Dataset):
    """Omniglot, downloaded, or read from ``folder``; rotations of a character are classes."""

    source: Literal["omniglot"]
    folder: str | None = None
    split: Literal["vinyals", "background_evaluation"] = "vinyals"
    size: Annotated[int, Field(ge=4, le=105)] = 28  # of the drawings: 105
    rotations: Turns = Field(default=[0, 90, 180, 270])


class Glyphs(Dataset):
    """Characters of the fonts that Matplotlib brings; a script (an alphabet) is a group."""

    source: Literal["glyphs"]
    scripts: list[Script] = Field(
        default=["latin", "greek", "cyrillic", "armenian", "georgian"], min_length=1
    )
    size: Annotated[int, Field(ge=8, le=56)] = 14
    rows: Annotated[int, Field(ge=2, le=1000)] = 20  # of each character
    distortion: Annotated[float, Field(ge=0, le=0.3)] = 0.1  # of the affine maps' entries
    look_alike: Annotated[float, Field(gt=0, le=1)] = 0.9  # a correlation
    data_seed: Seed = 0
    split: ClassLists | Fractions


class Phases(Dataset):
    """Ground states of spin chains: quantum data; the classes are the phases of each chain."""

    source: Literal["phases"]
    n_sites: Annotated[int, Field(ge=4, le=10)] = 6
    models: Annotated[
        list[Literal["ising", "xxz", "cluster"]], Field(min_length=1), AfterValidator(distinct)
    ] = Field(default=["ising", "xxz", "cluster"])
    chains: Repeats = 10  # of each model
    states: Repeats = 20  # of each phase of a chain
    data_seed: Seed = 0
    split: ClassLists | Fractions = Fractions()


class Coset(Dataset):
    """A positive control: cosets that one entangled state tells apart."""

    source: Literal["coset"]
    n_qubits: Annotated[int, Field(ge=2, le=12)] = 4
    classes: Some = 40
    rows: Repeats = 20  # of each class
    noise: NonNegativeFloat = 0.05  # radians
    data_seed: Seed = 0
    split: ClassLists | Fractions = Fractions()


class Linear(Dataset):
    """A negative control: Gaussian clusters that straight lines tell apart."""

    source: Literal["linear"]
    n_features: Repeats = 8
    classes: Some = 40
    rows: Repeats = 20  # of each class
    noise: NonNegativeFloat = 0.25  # class centres have spread 1
    data_seed: Seed = 0
    split: ClassLists | Fractions = Fractions()


class Table(Dataset):
    """Any CSV or Parquet file with one column of labels.

    ``group`` names a column that says which classes belong together: no split cuts a group.
    ``columns`` are the features; None: all other columns.
    """

    source: Literal["table"]
    path: str
    label: str
    group: str | None = None
    columns: Annotated[list[str], Field(min_length=1)] | None = None
    split: ClassLists | Fractions = Fractions()


class Memory(Dataset):
    """Rows that are there already, in memory; params.yaml cannot name them."""

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
    | Annotated[Glyphs, Tag("glyphs")]
    | Annotated[Phases, Tag("phases")]
    | Annotated[Coset, Tag("coset")]
    | Annotated[Linear, Tag("linear")]
    | Annotated[Custom, Tag("custom")],
    Discriminator(tag_of("source")),
]
