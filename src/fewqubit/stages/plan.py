"""The plan of ``prepare``, checked before anything is written: rows, parts, rows for tasks."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from jaxtyping import PRNGKeyArray

from fewqubit.base.keys import stream
from fewqubit.config import AnyDataset, Episodes, Memory
from fewqubit.data import RawData, Split, split_classes
from fewqubit.data.duplicates import Repeats, find_repeats, notes, without_copies
from fewqubit.data.labels import joined, quoted
from fewqubit.data.prepared import taught_classes
from fewqubit.data.sources.sentences.parts import parted
from fewqubit.errors import DataError, SettingsError
from fewqubit.tasks.first_task import row_columns
from fewqubit.tasks.sampler import ClassIndex, check_enough, class_index


class Plan(NamedTuple):
    """A data set that can be prepared.

    raw:         its rows, without those that ``duplicates: drop`` drops
    columns:     a name for each number of a row
    split:       classes of each part
    equal_rows:  sets of equal rows; a task has all of a set in its support or all in its query
    indices:     rows of the classes of each part
    repeats:     equal rows, before any were dropped
    notes:       messages for the user, one line each
    """

    raw: RawData
    columns: list[str]
    split: Split
    equal_rows: list[list[int]]
    indices: Mapping[str, ClassIndex]
    repeats: Repeats
    notes: list[str]


def plan(name: str, settings: AnyDataset | Memory, raw: RawData, key: PRNGKeyArray) -> Plan:
    """The plan for the data set ``name`` of ``settings``, whose rows are ``raw``.

    Raises DataError or SettingsError: the split is impossible, classes or rows are too few for a
    task, or no feature varies.
    """
    columns, policy = row_columns(raw), settings.duplicates
    raw, split = _split(raw, settings, stream(key, "split"))
    repeats = _met(find_repeats(raw), raw, settings.episodes)
    lines = [*raw.notes, *notes(raw, repeats, policy)]
    if policy == "drop" and raw.asked is not None:
        raise SettingsError(
            f"datasets.{name}.duplicates: expected one_side or allow, got drop; the test tasks "
            "come with the data, and name rows that would be gone"
        )
    if policy == "drop":
        raw = without_copies(raw, repeats)
    lines += _columns(raw, split)
    _check_something_varies(name, raw.x[np.isin(raw.y, split.meta_train)])
    equal_rows = repeats.rows if policy == "one_side" else []
    indices = _indices(name, raw, split, settings.episodes, equal_rows)
    return Plan(raw, columns, split, equal_rows, indices, repeats, lines)


def _split(raw: RawData, settings: AnyDataset | Memory, key: PRNGKeyArray) -> tuple[RawData, Split]:
    """Classes of each part; for words the entity types are split, and each part has an O."""
    if raw.sentences is None:
        return raw, split_classes(raw, settings.split, key)
    types = raw._replace(names=raw.names[:-1], groups=raw.groups[:-1])
    return parted(raw, split_classes(types, settings.split, key))


def _indices(
    name: str, raw: RawData, split: Split, episodes: Episodes, equal_rows: list[list[int]]
) -> Mapping[str, ClassIndex]:
    """The rows of each part. Raises if a part has too few rows or classes for its tasks."""
    indices, groups = {}, raw.groups if episodes.within_group else None
    outside = (None, None, None) if raw.sentences is None else raw.sentences.outside
    for (part, class_ids), always in zip(split._asdict().items(), outside, strict=True):
        index = indices[part] = class_index(raw.y, class_ids, groups, equal_rows, always)
        shape = (episodes.n_way, episodes.n_shot, episodes.n_query)
        where, repeat = f"datasets.{name}, {part} classes", episodes.repeat_queries
        check_enough(index, *shape, raw.names, where, repeat=repeat)
    return indices


def index_of_taught(planned: Plan, episodes: Episodes) -> ClassIndex:
    """The rows of meta-train and validation classes, for a final training on all of them."""
    raw, split = planned.raw, planned.split
    groups = raw.groups if episodes.within_group else None
    outside = () if raw.sentences is None else raw.sentences.outside
    taught, always = taught_classes(split._asdict(), outside), outside[0] if outside else None
    return class_index(raw.y, taught, groups, planned.equal_rows, always)


def _met(repeats: Repeats, raw: RawData, episodes: Episodes) -> Repeats:
    """``repeats``, contested rows only if two of their classes can be in the same task."""
    if raw.targets is not None:  # regression: a task has no classes to tell apart
        return repeats._replace(contested=[])
    if not episodes.within_group:
        return repeats
    owners = [[raw.groups[raw.y[row]] for row in rows] for rows in repeats.contested]
    met = [len(set(of)) < len(of) for of in owners]
    contested = [rows for rows, meet in zip(repeats.contested, met, strict=True) if meet]
    return repeats._replace(contested=contested)


def _columns(raw: RawData, split: Split) -> list[str]:
    """Notes on how columns of a table are used, and on categories that no meta-train row has."""
    if raw.schema is None:
        return []
    from fewqubit.data.mixed.kinds import described  # pandas takes seconds

    lines = described(raw.schema, raw.x)
    taught_rows = raw.x[np.isin(raw.y, split.meta_train)]
    for place, about in enumerate(raw.schema.columns):
        known = set(np.unique(taught_rows[:, place]).tolist())
        strange = [level for code, level in enumerate(about.levels) if code not in known]
        if about.kind == "category" and strange:
            lines.append(
                f"column {quoted(about.name)}: no meta-train row has {joined(strange, 5)}, which "
                f"count{'s' if len(strange) == 1 else ''} as none of the known categories"
            )
    return lines


def _check_something_varies(name: str, rows: np.ndarray) -> None:
    flat = rows.reshape(len(rows), -1)
    if ((flat == flat[0]) | (np.isnan(flat) & np.isnan(flat[0]))).all():
        raise DataError(
            f"datasets.{name}: the meta-train rows are all the same; a feature must vary for "
            "anything to be learned from it"
        )
