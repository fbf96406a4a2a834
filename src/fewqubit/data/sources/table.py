"""Any CSV or Parquet file with one column of labels; the others are features, or are dropped."""

import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from jaxtyping import Int

from fewqubit.data.class_lists import listed
from fewqubit.data.columns import check_row_numbers, first_row
from fewqubit.data.files.frame import read_frame
from fewqubit.data.files.written import Written
from fewqubit.data.labels import Spellings, check_labels, joined, label_text, quoted
from fewqubit.data.mixed.codes import coded
from fewqubit.data.mixed.kinds import is_plain, schema_of
from fewqubit.data.mixed.schema import Schema
from fewqubit.data.raw import RawData
from fewqubit.data.settings import Table, Text
from fewqubit.data.sources.by_group import by_group
from fewqubit.data.sources.numbers import numbers_of
from fewqubit.errors import DataError, SettingsError

NUMBER = re.compile(r"[-+]?\d*[.,]?\d+(e[-+]?\d+)?")


def read_table(settings: Table, known: Schema | None = None) -> RawData:
    """Rows of a table: label column to classes (as text, sorted), all other columns to features.

    What columns hold is seen from them, or is as in the table whose schema is ``known``.

    Rows are counted from 1, without the header. Raises DataError, with file, row or column and the
    remedy: what ``read_frame`` raises, a column that fits no rule, infinite values, an index among
    the features, one class in two spellings, a class with a single example.
    """
    path, frame = Path(settings.path), open_table(settings)
    targets = numbers_of(frame, settings) if settings.asks_numbers else None
    names, y = classes(frame[settings.group if settings.asks_numbers else settings.label], path)
    notes = list(frame.attrs["notes"])
    if settings.tasks == "groups":
        found = by_group((names, y), classes(frame[settings.group], path), settings)
        _, y, names, groups, left_out = found
        frame, notes = frame[found.kept].reset_index(drop=True), notes + left_out
    else:
        no_loners(y, names, settings, path)
        plain = settings.group is None or settings.asks_numbers
        groups = names if plain else class_groups(frame, names, y, settings, path)
    chosen = frame[feature_names(frame, settings)]
    if known is not None:
        check_columns([*chosen.columns], known, path)
    schema = known or schema_of(chosen, declared_kinds(settings), path, settings.missing)
    x = coded(chosen, schema, path)
    if not isinstance(settings.columns, list):
        check_row_numbers(x, counted(schema, declared_kinds(settings)), path)
    told = None if known is None and is_plain(schema, chosen) else schema
    return RawData(x, y, names, groups, schema.names, notes=notes, schema=told, targets=targets)


def check_columns(names: list[str], schema: Schema, path: Path) -> None:
    """Raise DataError unless ``names`` are the columns of ``schema``, in any order."""
    left_out = [one.name for one in schema.dropped]
    missing = [name for name in schema.names if name not in names]
    strange = [name for name in names if name not in [*schema.names, *left_out]]
    if missing or strange:
        said = [f"{joined(missing)} not there"] * bool(missing)
        said += [f"{joined(strange)} new"] * bool(strange)
        raise DataError(
            f"{path}: expected the columns of the first table, {joined(schema.names)}, in any "
            f"order; {' and '.join(said)}: correct the header, or list the features in the setting "
            "`columns`"
        )


def declared_kinds(settings: Table) -> dict[str, str]:
    """What the settings say about columns, by column name."""
    return dict(settings.columns) if isinstance(settings.columns, dict) else {}


def counted(schema: Schema, declared: Mapping[str, str]) -> list[str | None]:
    """Names of numeric columns that may be an index: the settings do not mention them."""
    free = (one.kind == "number" and one.name not in declared for one in schema.columns)
    return [one.name if maybe else None for one, maybe in zip(schema.columns, free, strict=True)]


def open_table(settings: Table) -> pd.DataFrame:
    """The table of ``settings``, checked to have the columns that they name."""
    texts = [settings.label, *([settings.group] if settings.group else [])]
    if settings.asks_numbers:
        texts = texts[1:]
    as_text = [name for name, kind in declared_kinds(settings).items() if kind == "category"]
    path, missing = Path(settings.path), settings.missing
    written = Written(settings.encoding, settings.separator, settings.decimal, settings.thousands)
    return read_frame(path, texts, texts, as_text, missing, written=written)


def feature_names(frame: pd.DataFrame, settings: Table) -> list[str]:
    """The columns that are features: those of the setting ``columns``, or all but the labels.

    Raises SettingsError: a column is missing, or is that of the label or the group.
    """
    others = [name for name in frame.columns if name not in (settings.label, settings.group)]
    if not settings.columns:
        return others
    if len(set(settings.columns)) < len(settings.columns):
        raise SettingsError(f"columns of {settings.path} names a column twice; name each once")
    for name in settings.columns:
        if name not in frame.columns or name in (settings.label, settings.group):
            raise SettingsError(
                f"columns names {quoted(name)}, which is no feature of {settings.path}; "
                f"its columns are {joined(frame.columns)}"
            )
    return list(settings.columns) if isinstance(settings.columns, list) else others


def classes(column: pd.Series, path: Path) -> tuple[list[str], Int[np.ndarray, " N"]]:
    """Class names, sorted, and the class of each row.

    Raises DataError: a row without a label, labels that are lists, one class in two spellings.
    """
    where = f"{path}: column {quoted(column.name)}"
    texts = label_texts(column, path)
    empty = texts == ""
    if empty.any():
        raise DataError(
            f"{path}: row {first_row(empty)} has no label in column {quoted(column.name)} "
            f"({empty.sum()} such rows); fill it or drop the row"
        )
    names, firsts, y = np.unique(texts, return_index=True, return_inverse=True)
    check_labels(zip(names.tolist(), (firsts + 1).tolist(), strict=True), where)
    return names.tolist(), y.astype(np.int32)


def label_texts(column: pd.Series, where: Path | str) -> np.ndarray:
    """The label of each row as text [N]; empty if it is missing."""
    try:
        codes, values = pd.factorize(column, use_na_sentinel=True)
    except TypeError:
        raise DataError(
            f"{where}: column {quoted(column.name)} holds lists or structures; "
            "a label is a text, a number or a date"
        ) from None
    texts = np.array([*map(label_text, values), ""], dtype=object)
    return texts[codes]  # a missing one has code −1


def class_groups(
    frame: pd.DataFrame, names: list[str], y: np.ndarray, settings: Table | Text, path: Path
) -> list[str]:
    """The group of each class. Raises DataError: a class is in two groups, or a row in none."""
    known, group = classes(frame[str(settings.group)], path)
    pairs = np.unique(np.stack([y, group]), axis=1)
    twice = np.flatnonzero(np.diff(pairs[0]) == 0)
    if len(twice):
        (number, one), other = pairs[:, twice[0]], pairs[1, twice[0] + 1]
        raise DataError(
            f"{path}: class {quoted(names[number])} is in groups {quoted(known[one])} and "
            f"{quoted(known[other])} of column {quoted(settings.group)}; a class belongs to one: "
            "make one label for each group of it"
        )
    return [known[group] for group in pairs[1]]


def no_loners(y: np.ndarray, names: list[str], settings: Table | Text, path: Path) -> None:
    """Raise DataError for a class with one example: it cannot be in both support and query."""
    used = set(range(len(names)))
    if (lists := listed(settings.split)) is not None:
        spelled = (label_text(name) for part in lists.values() for name in part)
        classes = Spellings(names)
        used = {place for name in spelled for place in classes.places(name)}
    for number in np.flatnonzero(np.bincount(y) == 1):
        if number in used:
            measured = 2 * len(names) > len(y) and all(map(NUMBER.fullmatch, names))
            other = "; numbers that are to be predicted are asked for by tasks: numbers"
            raise DataError(
                f"{path}: class {quoted(names[number])} has one example (row "
                f"{first_row(y == number)}); a task needs one to learn from and one to ask; add "
                "examples, drop the row, or leave the class out of the split's lists"
                f"{other if measured else ''}"
            )
