"""The arrive stage: groups of a stream with features, training classes and frozen episodes."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import PRNGKeyArray

from fewqubit.base.io.cards import write_card
from fewqubit.base.io.files import write_npz
from fewqubit.base.keys import stream
from fewqubit.config import AnyDataset, Text
from fewqubit.config.streams import Stream
from fewqubit.data import RawData, Transform, apply_all, fit
from fewqubit.data.dataset import Episodes
from fewqubit.data.duplicates import find_repeats, without_copies
from fewqubit.data.labels import joined, quoted
from fewqubit.data.raw import as_float
from fewqubit.errors import DataError, SettingsError
from fewqubit.meta.streams.group import Group
from fewqubit.stages.streams.arrived import CARD, FEATURES, arrays_of
from fewqubit.stages.streams.coming import Arrival, arrivals
from fewqubit.stages.streams.features import write_features
from fewqubit.tasks import class_index, draw_manifest
from fewqubit.tasks.manifest import asked_hash
from fewqubit.tasks.sampler import check_enough


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
    coming = [*arrivals(settings, described)]
    for note in dict.fromkeys(note for one in coming for note in one.raw.notes):
        sys.stderr.write(f"arrive {name}: {note}\n")
    ready = arrived(coming, settings, stream(key, "stream", name))
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


def arrived(coming: Sequence[Arrival], settings: Stream, key: PRNGKeyArray) -> list[Arrived]:
    """Features, held-out classes and frozen episodes of every group.

    A class that comes again stays on the side that it had, learned from or tested.
    """
    ready: list[Arrived] = []
    sides = dict[str, bool]()
    transform: Transform | None = None
    for one in coming:
        if one.settings.duplicates == "drop":
            one = one._replace(raw=without_copies(one.raw, find_repeats(one.raw)))
        group_key = stream(key, "group", one.name)
        before = {} if settings.by == "dataset" else sides
        learned, tested = held_out(one, settings.held_out, stream(group_key, "held out"), before)
        for side, classes in enumerate((learned, tested)):
            sides |= {one.raw.names[i]: bool(side) for i in classes}
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


def held_out(
    one: Arrival, share: float, key: PRNGKeyArray, before: Mapping[str, bool]
) -> tuple[list[int], list[int]]:
    """Classes to train on and classes to test on, drawn at random; variants stay together.

    ``before``: whether a class that came before is tested. Raises DataError: nothing to draw from.
    """
    kins = list(dict.fromkeys(one.kin))
    if len(kins) < 2:
        raise DataError(
            f"stream, group {quoted(one.name)}: expected two classes that are no variants of one "
            f"another, to learn from one and test on the other, got {joined(one.raw.names)}"
        )
    pairs = zip(one.raw.names, one.kin, strict=True)
    known = {kin: before[name] for name, kin in pairs if name in before}
    free = [kin for kin in kins if kin not in known]
    tested = {kin for kin, side in known.items() if side}
    n = min(max(round(share * len(kins)), 1), len(kins) - 1) - len(tested)
    random = np.random.default_rng(np.asarray(jax.random.key_data(key)))
    tested |= {free[i] for i in random.permutation(len(free))[: max(n, 0)]}
    sides: tuple[list[int], list[int]] = ([], [])
    for number, kin in enumerate(one.kin):
        sides[kin in tested].append(number)
    if not all(sides):
        one_side = "tested" if sides[1] else "learned from"
        raise DataError(
            f"stream, group {quoted(one.name)}: all its classes came before and were {one_side} "
            f"({joined(one.raw.names)}); a group needs classes of both sides: add new ones, or "
            "join it with another"
        )
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
