"""Rows that occur twice: one in the support would give away the label of its copy in the query."""

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from jaxtyping import Int

from fewqubit.data.labels import quoted
from fewqubit.data.raw import RawData

Rows = np.ndarray | Mapping[str, np.ndarray]  # [N, ...], or several such arrays by name


class Repeats(NamedTuple):
    """The equal rows of a data set.

    rows:       rows with equal features and equal class, in order: a list for each content
    contested:  rows with equal features in several classes
    """

    rows: list[list[int]]
    contested: list[list[int]]

    @property
    def n_copies(self) -> int:
        """The number of rows that are removed if each class keeps each content once."""
        return sum(len(rows) - 1 for rows in self.rows)


def contents(x: Rows, y: Int[np.ndarray, " N"]) -> Int[np.ndarray, " N"]:
    """For each row, the first row with the same features and class."""
    first: dict[tuple[int, bytes], int] = {}
    keys = zip(np.asarray(y).tolist(), _bytes(x), strict=True)
    return np.array([first.setdefault(key, row) for row, key in enumerate(keys)], np.int32)


def find_repeats(raw: RawData) -> Repeats:
    """The equal rows of ``raw``, compared before scaling, bit by bit; 0 and −0 are equal."""
    same, alike, content = defaultdict(list), defaultdict(list), _bytes(raw.x)
    for row, first in enumerate(contents(raw.x, raw.y).tolist()):
        same[first].append(row)
    for first in same:
        alike[content[first]].append(first)
    return Repeats(*([rows for rows in of.values() if len(rows) > 1] for of in (same, alike)))


def without_copies(raw: RawData, repeats: Repeats) -> RawData:
    """``raw`` with each content once in its class: its first row."""
    kept = np.ones(len(raw.y), bool)
    for rows in repeats.rows:
        kept[rows[1:]] = False
    examples, targets = raw.examples, raw.targets
    if examples is not None:
        examples = [examples[row] for row in np.flatnonzero(kept).tolist()]
    if targets is not None:
        targets = targets[kept]
    return raw._replace(x=raw.x[kept], y=raw.y[kept], examples=examples, targets=targets)


def notes(raw: RawData, repeats: Repeats, policy: str) -> list[str]:
    """Notes on equal rows for the user, one line for each kind."""
    lines = []
    if repeats.rows:
        first, second = (row + 1 for row in repeats.rows[0][:2])
        done = {
            "one_side": "in a task, equal rows are all in the support or all in the query",
            "drop": "the first of equal rows is kept",
            "allow": "in a task, a row may be in the support and its equal in the query",
        }
        lines.append(
            f"{repeats.n_copies} of {len(raw.y)} rows occur before in their class (rows {first} "
            f"and {second} are equal); duplicates: {policy}, so {done[policy]}"
        )
    if repeats.contested:
        one, other = repeats.contested[0][:2]
        lines.append(
            f"{len(repeats.contested)} contents stand in several classes (row {one + 1} in "
            f"{quoted(raw.names[raw.y[one]])}, row {other + 1} in "
            f"{quoted(raw.names[raw.y[other]])}): nothing can tell them apart"
        )
    return lines


def _bytes(x: Rows) -> list[bytes]:
    if isinstance(x, Mapping):
        return [b"".join(parts) for parts in zip(*map(_bytes, x.values()), strict=True)]
    flat = np.ascontiguousarray(x.reshape(len(x), -1))
    if flat.dtype.kind == "f":
        flat = flat + flat.dtype.type(0)  # −0 is 0
    return [row.tobytes() for row in flat]
