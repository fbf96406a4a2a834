"""Split classes into meta-train, validation and meta-test; no group of classes is divided."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import jax
import numpy as np
from jaxtyping import PRNGKeyArray

from fewqubit.data.class_lists import listed
from fewqubit.data.dataset import ClassFiles, ClassLists, Fractions
from fewqubit.data.labels import Spellings, joined, label_key, label_text, number_key, quoted
from fewqubit.data.raw import RawData
from fewqubit.data.sources.omniglot_splits import named_split
from fewqubit.errors import SettingsError


class Split(NamedTuple):
    """Class indices of each part; no class is in two of them."""

    meta_train: list[int]
    validation: list[int]
    meta_test: list[int]


def split_classes(
    raw: RawData, how: ClassLists | ClassFiles | Fractions | str, key: PRNGKeyArray
) -> Split:
    """Split the classes of ``raw`` by lists, by a published split's name, or at random by share.

    Raises SettingsError: a list names a class that is not there, or parts would share a class.
    """
    if isinstance(how, Fractions):
        assign = by_names if how.assign == "name" else by_fractions
        return assign(raw.groups, how.fractions, key)
    if not isinstance(how, str):
        return by_lists(raw, listed(how) or {})
    lists: dict[str, Sequence[int | str]] = {**named_split(how)}
    if raw.asked is not None:
        lists["meta_test"] = [raw.names[number] for number in np.unique(raw.asked.class_ids)]
    return by_lists(raw, lists)


def by_lists(raw: RawData, lists: Mapping[str, Sequence[int | str]]) -> Split:
    """Classes whose name or group is listed. Classes that no list names belong to no part."""
    meant = members_of(raw, (label_text(name) for part in Split._fields for name in lists[part]))
    parts = {part: _members(raw, part, lists[part], meant) for part in Split._fields}
    owner: dict[str, str] = {}
    for part, members in parts.items():
        for group in sorted({raw.groups[member] for member in members}):
            if owner.setdefault(group, part) != part:
                raise SettingsError(
                    f"split: classes made from {quoted(group)} are in {owner[group]} and in "
                    f"{part}; list all of them in one"
                )
    return Split(**parts)


def by_fractions(
    groups: Sequence[str], fractions: tuple[float, float, float], key: PRNGKeyArray
) -> Split:
    """Split whole groups at random; their numbers are the rounded shares, at least one a part."""
    distinct = sorted(set(groups))
    if len(distinct) < len(Split._fields):
        raise SettingsError(
            f"split: three parts need three classes at least, but there are {len(distinct)}: "
            f"{joined(distinct)}; bring more classes"
        )
    order = np.asarray(jax.random.permutation(key, len(distinct)))
    n_test = max(1, round(fractions[2] * len(distinct)))
    n_validation = max(1, round(fractions[1] * len(distinct)))
    n_train = max(1, len(distinct) - n_validation - n_test)
    place = {distinct[group]: rank for rank, group in enumerate(order)}
    ranks = np.array([place[group] for group in groups])
    part = np.searchsorted([n_train, n_train + n_validation], ranks, side="right")
    return Split(*(np.flatnonzero(part == number).tolist() for number in range(3)))


def by_names(
    groups: Sequence[str], fractions: tuple[float, float, float], key: PRNGKeyArray
) -> Split:
    """Assign each whole group by a hash of ``key`` and its name, independently of other groups.

    Raises SettingsError: a part is empty.
    """
    salt = np.asarray(jax.random.key_data(key)).astype("<u4").tobytes()
    shares = np.cumsum(fractions)[:2]
    drawn = np.array([_luck(salt, label_key(group)) for group in groups])
    part = np.searchsorted(shares, drawn, side="right")
    split = Split(*(np.flatnonzero(part == number).tolist() for number in range(3)))
    empty = [name for name, members in split._asdict().items() if not members]
    if empty:
        raise SettingsError(
            f"split: no class of {len(set(groups))} has a name that falls to {empty[0]}; bring "
            "more classes, change the shares, or set split.assign to draw"
        )
    return split


def _luck(salt: bytes, name: str) -> float:
    """A number in [0, 1), uniform over names."""
    digest = hashlib.sha256(salt + name.encode()).digest()
    return int.from_bytes(digest[:6]) / 2**48  # exactly, in double precision


def _check_numbers(listed: Sequence[int | str], known: Sequence[str], part: str) -> None:
    """Refuse ambiguous numbers: YAML reads 007 and 7 as the same, but both may be classes.

    Raises SettingsError: a number without quotes may name several classes.
    """
    spelled: dict[str, dict[str, None]] = {}
    for name in known:
        spelled.setdefault(number_key(name), {})[name] = None
    for value in listed:
        alike = [*spelled.get(number_key(str(value)), ())]
        if isinstance(value, int) and len(alike) > 1:
            raise SettingsError(
                f"split.{part} has the number {value}, which may be any of the classes "
                f"{joined(alike)}: YAML keeps no zeros; quote the one that is meant"
            )


def _members(
    raw: RawData, part: str, listed: Sequence[int | str], meant: Mapping[str, Sequence[int]]
) -> list[int]:
    """Classes whose name or group is listed, in any spelling; ``meant``: those of each name."""
    distinct = list(dict.fromkeys(raw.groups))
    _check_numbers(listed, [*distinct, *raw.names], part)
    names = dict.fromkeys(map(label_text, listed))
    if unknown := [name for name in names if not meant[name]]:
        raise SettingsError(
            f"split.{part} names {joined(sorted(unknown), 10)}, which the data do not have; "
            f"they have {joined(distinct)}"
        )
    return sorted({member for name in names for member in meant[name]})


def members_of(raw: RawData, listed: Iterable[str]) -> dict[str, list[int]]:
    """The classes that each listed name means: its own, and those of the group with this name."""
    names, groups = Spellings(raw.names), Spellings(raw.groups)
    return {name: [*names.places(name), *groups.places(name)] for name in listed}
