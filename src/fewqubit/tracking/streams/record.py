"""A finished walk through a stream, as MLflow records it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from fewqubit.base.io.fingerprint import fingerprint
from fewqubit.meta.streams.answered import Answered
from fewqubit.meta.streams.figures import NAMES, cells, weights_of
from fewqubit.stages.streams.walked import load_walk
from fewqubit.tracking.figures import Figure
from fewqubit.tracking.streams.locked import LockedWalk


class WalkRecord(NamedTuple):
    """The content of a walk's files."""

    walk: LockedWalk
    folder: Path
    card: Mapping[str, Any]
    answered: Answered


def read_walk(root: Path, walk: LockedWalk) -> WalkRecord:
    """Raises ArtifactError: a file is missing or damaged."""
    folder = root / walk.path
    return WalkRecord(walk, folder, *load_walk(folder))


def figures(record: WalkRecord) -> list[Figure]:
    """``stream/…``: along the groups, the step of a metric being the group; then the totals.

    newest: R[i, i]; all: mean of R[i, 0 … i]; next: R[i, i + 1], before that group is learned.
    """
    answered, n = record.answered, len(record.card["groups"])
    mean = answered.after.mean((2, 3))
    listed = []
    for step in range(n):
        listed.append(Figure("stream/newest", float(mean[step, step]), step))
        listed.append(Figure("stream/all", float(mean[step, : step + 1].mean()), step))
        if step + 1 < n:
            listed.append(Figure("stream/next", float(mean[step, step + 1]), step))
    for name in NAMES:
        share = cells(weights_of(name, answered), answered)
        listed.append(Figure(f"stream/{name}", float(share.mean())))
    listed.append(Figure("cost/parameters", float(record.card["n_parameters"])))
    listed.append(Figure("cost/circuits_adapt", float(record.card["circuits_adapt"])))
    return listed


def matrix(record: WalkRecord) -> str:
    """R as CSV: a row for each step, a column for each group; empty where nothing was asked."""
    groups = record.card["groups"]
    rows = ["after," + ",".join(groups)]
    for name, row in zip(groups, record.answered.after.mean((2, 3)), strict=True):
        rows.append(f"{name}," + ",".join("" if np.isnan(x) else f"{x:.6f}" for x in row))
    return "\n".join(rows) + "\n"


def asked_names(card: Mapping[str, Any]) -> tuple[str, str]:
    """A name for the episodes of all groups, and one for those of all but the newest."""
    asked = card["asked"]
    return fingerprint(*asked), fingerprint(*asked[:-1])
