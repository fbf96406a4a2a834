"""The arrive stage: groups of a stream with features, training classes and frozen episodes."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import PRNGKeyArray

from fewqubit.base.io.cards import write_card
from fewqubit.base.io.files import write_npz
from fewqubit.base.keys import stream
from fewqubit.config import AnyDataset, Table, Text
from fewqubit.config.streams import Stream
from fewqubit.data import RawData, Transform, apply_all, fit
from fewqubit.data.dataset import Dataset, Episodes
from fewqubit.data.duplicates import find_repeats, without_copies
from fewqubit.data.labels import joined, quoted
from fewqubit.data.raw import as_float
from fewqubit.data.read import read_raw
from fewqubit.data.splits import members_of
from fewqubit.errors import DataError, SettingsError
from fewqubit.meta.streams.group import Group
from fewqubit.stages.streams.arrived import CARD, FEATURES, arrays_of
from fewqubit.stages.streams.features import write_features
from fewqubit.tasks import class_index, draw_manifest
from fewqubit.tasks.manifest import asked_hash
from fewqubit.tasks.sampler import check_enough


class Arrival(NamedTuple):
    """A group before its features are computed: the rows of its classes, and its settings.

    kin:  for each class, what it is a variant of; variants are all trained on or all tested
    """

    name: str
    raw: RawData
    kin: list[str]
    settings: Dataset


class Arrived(NamedTuple):
    """A group ready for training, its record for the card, and the raw rows it was made from."""

    group: Group
    asked: str
    names: tuple[list[str], list[str]]
    raw: RawData
    transform: Transform


def arrive(
    name: str, settings: Stream, datasets: Mapping[str, AnyDataset], key: PRNGKeyArray, folder: Path
) -> None:
    """Write 000.npz, 001.npz, … and their card, stream.json, into ``folder``.

    If all groups have the same features, also write the folder ``features``, which describes a raw
    row.

    The bytes of a group depend on that group alone, and on the first one, on which features are
    fitted. A group that arrives later changes no file of an earlier one.

    Raises DataError or SettingsError before anything is written.
    """
    described = [datasets[one] for one in settings.datasets]
    _check_frozen(settings.datasets, described)
    ready = arrived([*arrivals(settings, described)], settings, stream(key, "stream", name))
    files = [f"{number:03d}.npz" for number in range(len(ready))]
    for file, one in zip(files, ready, strict=True):
        write_npz(folder / file, arrays_of(one.group))
    if settings.by != "dataset":
        last = ready[-1]
        write_features(folder / FEATURES, last.raw, last.transform, last.group.episodes)
    episodes = described[0].episodes
    about = {
        "stream": name,
        "groups": [one.group.name for one in ready],
        "learned": [one.names[0] for one in ready],
        "tested": [one.names[1] for one in ready],
        "asked": [one.asked for one in ready],
        "shape": [episodes.n_way, episodes.n_shot, episodes.n_query],
        "feature_shape": list(ready[0].group.x.shape[1:]),
    }
    write_card(folder / CARD, about, files)


def _check_frozen(names: Sequence[str], described: Sequence[AnyDataset]) -> None:
    """Raise SettingsError if an encoder is to be fine-tuned: later classes are not known yet."""
    for name, one in zip(names, described, strict=True):
        if isinstance(one, Text) and one.embed.tune is not None:
            raise SettingsError(
                f"datasets.{name}.embed.tune: expected an encoder as it came in a stream, whose "
                "later classes cannot be known; leave tune out"
            )


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
        for name, path in _files(settings, first):
            raw = read_raw(first.model_copy(update={"path": path}))
            yield Arrival(name, raw, raw.groups, first)
        return
    raw = read_raw(first)
    for name, members in _members(settings, raw, isinstance(first, Table)).items():
        part = only(raw, members)
        class_is_group = settings.by == "group" and not first.episodes.within_group
        yield Arrival(name, part, part.names if class_is_group else part.groups, first)


def _files(settings: Stream, first: AnyDataset) -> Iterator[tuple[str, str]]:
    if not isinstance(first, Table):
        raise DataError(f"streams: by: file needs a data set of source table, got {first.source}")
    yield Path(first.path).stem, first.path
    for path in sorted(Path(str(settings.incoming)).glob("*")):
        if path.suffix in (".csv", ".parquet") and not path.name.startswith("."):
            yield path.stem, str(path)


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


def arrived(coming: Sequence[Arrival], settings: Stream, key: PRNGKeyArray) -> list[Arrived]:
    """Features, held-out classes and frozen episodes of every group."""
    ready: list[Arrived] = []
    transform: Transform | None = None
    for one in coming:
        if one.settings.duplicates == "drop":
            one = one._replace(raw=without_copies(one.raw, find_repeats(one.raw)))
        group_key = stream(key, "group", one.name)
        learned, tested = held_out(one, settings.held_out, stream(group_key, "held out"))
        if transform is None or settings.by == "dataset":
            taught_rows = one.raw.x[np.isin(one.raw.y, learned)]
            transform = fit(taught_rows, one.settings.features, one.raw.schema)
        ready.append(
            _ready(one, learned, tested, transform, coming[0].settings.episodes, group_key)
        )
    shapes = {one.group.x.shape[1:]: one.group.name for one in ready}
    if len(shapes) > 1:
        listed = "; ".join(f"{name}: {list(shape)}" for shape, name in shapes.items())
        raise DataError(
            f"streams: expected features of one shape in every group, got {listed}; set "
            "features.pca or flatten of the data sets so that they agree"
        )
    return ready


def held_out(one: Arrival, share: float, key: PRNGKeyArray) -> tuple[list[int], list[int]]:
    """Classes to train on and classes to test on, drawn at random; variants stay together."""
    kins = list(dict.fromkeys(one.kin))
    if len(kins) < 2:
        raise DataError(
            f"stream, group {quoted(one.name)}: expected two classes that are no variants of one "
            f"another, to learn from one and test on the other, got {joined(one.raw.names)}"
        )
    random = np.random.default_rng(np.asarray(jax.random.key_data(key)))
    n = min(max(round(share * len(kins)), 1), len(kins) - 1)
    tested = {kins[i] for i in random.permutation(len(kins))[:n]}
    sides: tuple[list[int], list[int]] = ([], [])
    for number, kin in enumerate(one.kin):
        sides[kin in tested].append(number)
    return sides


def _ready(
    one: Arrival,
    learned: list[int],
    tested: list[int],
    transform: Transform,
    episodes: Episodes,
    key: PRNGKeyArray,
) -> Arrived:
    raw, shape = one.raw, (episodes.n_way, episodes.n_shot, episodes.n_query)
    inner = raw.groups if one.settings.episodes.within_group else None
    equal = find_repeats(raw).rows if one.settings.duplicates == "one_side" else []
    indices = [class_index(raw.y, ids, inner, equal) for ids in (learned, tested)]
    for index, what in zip(indices, ("learned from", "tested"), strict=True):
        where = f"stream, group {quoted(one.name)}, classes that are {what}"
        check_enough(index, *shape, raw.names, where, repeat=episodes.repeat_queries)
    manifest = draw_manifest(stream(key, "episodes"), indices[1], *shape, episodes.n_test)
    x = as_float(apply_all(transform, raw.x)).astype(np.float32)
    group = Group(one.name, jnp.asarray(x), indices[0], manifest)
    sides = tuple([raw.names[i] for i in ids] for ids in (learned, tested))
    asked = asked_hash(manifest, raw.x, raw.names)
    return Arrived(group, asked, (sides[0], sides[1]), raw, transform)
