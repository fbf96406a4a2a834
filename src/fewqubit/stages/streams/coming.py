"""The groups of a stream as they come: parts of a data set, data sets, or files in a folder."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from fewqubit.config import AnyDataset, Table
from fewqubit.config.streams import Stream
from fewqubit.data import RawData
from fewqubit.data.dataset import Dataset
from fewqubit.data.files.source_file import KINDS, PACKED_SUFFIXES, unpacked_suffix
from fewqubit.data.labels import joined, quoted
from fewqubit.data.read import read_raw
from fewqubit.data.sources.later import read_later
from fewqubit.data.splits import members_of
from fewqubit.errors import DataError


class Arrival(NamedTuple):
    """A group before its features are computed: the rows of its classes, and its settings.

    kin:  for each class, what it is a variant of; variants are all trained on or all tested
    """

    name: str
    raw: RawData
    kin: list[str]
    settings: Dataset


def arrivals(settings: Stream, described: Sequence[AnyDataset]) -> Iterator[Arrival]:
    """The groups in their order. Raises DataError: there is no such group, or only one."""
    made = {one.name: one for one in _every(settings, described)}
    unknown = [name for name in settings.order if name not in made]
    if unknown:
        raise DataError(
            f"streams: order names {joined(unknown)}, which is no group; there are {joined(made)}"
        )
    chosen = settings.order or list(made)
    if len(chosen) < 2:
        raise DataError(
            f"streams: expected two groups or more, got {joined(chosen)}; take another `by`, or "
            "name groups in `lists`"
        )
    yield from (made[name] for name in chosen[: settings.most])


def _every(settings: Stream, described: Sequence[AnyDataset]) -> Iterator[Arrival]:
    first = described[0]
    if settings.by == "dataset":
        for name, one in zip(settings.datasets, described, strict=True):
            raw = read_raw(one)
            yield Arrival(name, raw, raw.groups, one)
        return
    if settings.by == "file":
        yield from _files(settings, first)
        return
    raw = read_raw(first)
    for name, members in _members(settings, raw, isinstance(first, Table)).items():
        part = only(raw, members)
        class_is_group = settings.by == "group" and not first.episodes.within_group
        yield Arrival(name, part, part.names if class_is_group else part.groups, first)


def _files(settings: Stream, first: AnyDataset) -> Iterator[Arrival]:
    """The table of the data set, then each in the folder, by name; columns are those of the first.

    Raises DataError: two files would be one group.
    """
    if not isinstance(first, Table):
        raise DataError(f"streams: by: file needs a data set of source table, got {first.source}")
    base = read_raw(first)
    start = _name(Path(first.path))
    names = {start: first.path}
    yield Arrival(start, base, base.groups, first)
    for path in tables_in(Path(str(settings.incoming))):
        name = _name(path)
        if name in names:
            raise DataError(
                f"streams: {names[name]} and {path} would both be the group {quoted(name)}; rename "
                "the later one, so that it sorts last"
            )
        names[name] = str(path)
        raw = read_later(first.model_copy(update={"path": str(path)}), base)
        yield Arrival(name, raw, raw.groups, first)


def _name(path: Path) -> str:
    """``may`` of may.csv and of may.csv.gz."""
    return Path(path.stem).stem if path.suffix.lower() in PACKED_SUFFIXES else path.stem


def tables_in(folder: Path) -> list[Path]:
    """Files of a folder that are tables by their names; hidden ones are still being written."""
    return [
        path
        for path in sorted(folder.glob("*"))
        if unpacked_suffix(path) in KINDS and not path.name.startswith(".")
    ]


def _members(settings: Stream, raw: RawData, table: bool) -> dict[str, list[int]]:
    """Classes of each group, in the order in which the groups arrive."""
    if settings.lists:
        return {name: _listed(name, lists, raw) for name, lists in settings.lists.items()}
    labels = raw.groups
    if settings.by == "prefix":
        labels = [name.partition("/")[0] for name in raw.names]
    names = sorted(set(labels)) if table else list(dict.fromkeys(labels))
    return {name: [i for i, label in enumerate(labels) if label == name] for name in names}


def _listed(name: str, listed: Sequence[int | str], raw: RawData) -> list[int]:
    members = members_of(raw, map(str, listed))
    if unknown := [one for one, found in members.items() if not found]:
        raise DataError(
            f"streams: lists.{name} names {quoted(unknown[0])}, which is no class or group of the "
            f"data; groups are {joined(dict.fromkeys(raw.groups))}"
        )
    return sorted(set().union(*members.values()))


def only(raw: RawData, members: Sequence[int]) -> RawData:
    """The rows of the classes ``members``, renumbered from 0."""
    number = np.full(len(raw.names), -1)
    number[list(members)] = np.arange(len(members))
    kept = number[raw.y] >= 0
    names, groups = ([texts[i] for i in members] for texts in (raw.names, raw.groups))
    y = number[raw.y[kept]].astype(np.int32)
    return raw._replace(x=raw.x[kept], y=y, names=names, groups=groups)
