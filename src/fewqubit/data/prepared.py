"""A prepared data set is one artefact: classes.json is the card of all its files."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from fewqubit.base.io.cards import read_card

CLASSES, TRANSFORM = "classes.json", "transform.json"
COVERED = (
    "examples.npz",
    "first_task.csv",
    "manifest_test.npz",
    "manifest_validation.npz",
    "raw_schema.json",
    TRANSFORM,
    "transform.npz",
)


def read_classes(prepared: str | Path, files: Sequence[str]) -> dict[str, Any]:
    """Names, groups and split of the classes, after checking that ``files`` are of this data set.

    Raises ArtifactError: a file is missing, was edited or belongs to another data set.
    """
    return read_card(Path(prepared) / CLASSES, files)


def taught_classes(split: Mapping[str, Sequence[int]], outside: Sequence[int] = ()) -> list[int]:
    """Meta-train and validation classes, for a training on all; O (``outside``) is one of them."""
    validation = (one for one in split["validation"] if one not in outside)
    return [*split["meta_train"], *validation]


def kin(known: Mapping[str, Any]) -> list[str]:
    """For each class, what it is a variant of: its group, unless groups are alphabets.

    Confidence intervals count the variants of one thing as one class.
    """
    found: list[str] = known.get("kin", known["groups"])
    return found
