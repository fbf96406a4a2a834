"""Settings of generated data sets: glyphs of fonts, quantum states, controls."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, NonNegativeFloat, model_validator

from fewqubit.base.values import Repeats, Seed, Some, distinct
from fewqubit.data.dataset import ClassLists, Dataset, Fractions

Script = Literal["latin", "greek", "cyrillic", "armenian", "georgian"]


class Glyphs(Dataset):
    """Characters of the fonts that come with Matplotlib; a script (an alphabet) is a group."""

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
    """A positive control: cosets that one entangled state distinguishes."""

    source: Literal["coset"]
    n_qubits: Annotated[int, Field(ge=2, le=12)] = 4
    classes: Some = 40
    rows: Repeats = 20  # of each class
    noise: NonNegativeFloat = 0.05  # radians
    data_seed: Seed = 0
    split: ClassLists | Fractions = Fractions()


class Linear(Dataset):
    """A negative control: Gaussian clusters that are linearly separable."""

    source: Literal["linear"]
    n_features: Repeats = 8
    classes: Some = 40
    rows: Repeats = 20  # of each class
    noise: NonNegativeFloat = 0.25  # class centres have spread 1
    data_seed: Seed = 0
    split: ClassLists | Fractions = Fractions()


class HiddenManifold(Dataset):
    """Rows of a hidden manifold; each task has its own teacher network (Bowles et al. 2024)."""

    source: Literal["hidden_manifold"]
    n_features: Repeats = 10
    manifold: Some = 6  # hidden coordinates
    teachers: Repeats = 60
    rows: Repeats = 20  # of each class
    data_seed: Seed = 0
    split: ClassLists | Fractions = Fractions()

    @model_validator(mode="after")
    def _tasks_have_one_teacher(self) -> Self:
        if not self.episodes.within_group or self.episodes.n_way != 2:
            raise ValueError(
                "expected episodes of n_way: 2 and within_group: true, since a teacher tells two "
                "classes apart and knows of no other's"
            )
        return self
