"""Settings fitted to a table: how many ways and queries its classes allow, split, scale, qubits."""

import json
import re
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from fewqubit.base.keys import root_key, stream
from fewqubit.config import Settings, Table
from fewqubit.config.names import LONGEST
from fewqubit.config.places import TABLES
from fewqubit.data import RawData, feature_shape, fit
from fewqubit.data.files.source_file import PACKED_SUFFIXES
from fewqubit.data.read import read_raw
from fewqubit.errors import DataError, FewqubitError
from fewqubit.stages.plan import Plan, plan

WAYS, QUERIES, FEWEST = 5, 10, 6  # at most, at most, classes at least: two in each part
SHARES, ENOUGH = (0.6, 0.2, 0.2), 13  # of so many classes, a fifth is three


_SPLIT = {
    "name": "classes are split by their names: a new class moves no other (split.assign: name)",
    "draw": "classes are split by drawing, for there are few: a new class may move others",
}


class Fitted(NamedTuple):
    """Overrides of params.yaml that a table needs, and notes for the user.

    ``place`` is where the table goes, in the project.
    """

    place: str
    overrides: list[str]
    notes: list[str]


def fit_table(path: Path, label: str, settings: Settings) -> Fitted:
    """Settings under which the table at ``path`` can be run; ``settings`` are those of a project.

    Raises DataError or SettingsError, in one line, for a table that cannot be read, or that has too
    few classes or rows for any task.
    """
    name = _name(path)
    name = f"{name}-table" if name in settings.datasets else name  # recipes mean the other one
    raw = read_raw(_dataset(path, label, SHARES, 2, 1))
    if len(raw.names) < FEWEST:
        raise DataError(
            f"{path}: expected {FEWEST} classes or more, two to train on, two to validate with and "
            f"two to test on, but column '{label}' has {len(raw.names)}; is another column the "
            "label (--label)?"
        )
    dataset, planned = _widest(path, label, name, raw, settings.seed)
    episodes = dataset.episodes
    values = dataset.model_dump(mode="json", exclude_unset=True)
    suffix = "".join(path.suffixes[-2:]) if path.suffix.lower() in PACKED_SUFFIXES else path.suffix
    values |= {"path": f"{TABLES}/{name}{suffix}"}  # which no shell and no YAML misreads
    edits = {f"datasets.{name}": values, "run.datasets": [name]}
    edits |= _fewer_queries(settings, episodes.n_query)
    taught_rows = raw.x[np.isin(raw.y, planned.split.meta_train)]
    n_features = int(np.prod(feature_shape(fit(taught_rows, dataset.features, raw.schema))))
    edits |= _fewer_qubits(settings, n_features)
    parts = ", ".join(f"{len(ids)} {part}" for part, ids in planned.split._asdict().items())
    notes = [
        f"{name}: {len(raw.y)} rows of {n_features} features; classes: {parts}",
        f"{name}: {episodes.n_way}-way {episodes.n_shot}-shot tasks with {episodes.n_query} "
        "queries of each class",
        f"{name}: {_SPLIT[values['split']['assign']]}",
        *planned.notes,
    ]
    return Fitted(
        values["path"], [f"{key}={json.dumps(value)}" for key, value in edits.items()], notes
    )


def _widest(path: Path, label: str, name: str, raw: RawData, seed: int) -> tuple[Table, Plan]:
    """The data set with the most queries that its smallest class allows.

    Classes are split by their names if this leaves enough of them in each part. A class that is
    added then moves no other.
    """
    n_classes = len(raw.names)
    shares = _shares(n_classes)
    n_way = min(WAYS, round(shares[-1] * n_classes))
    most = min(QUERIES, int(np.bincount(raw.y).min()) - 1)
    ways = ("name", "draw") if n_classes >= ENOUGH else ("draw",)
    for n_query, assign in product(range(most, 0, -1), ways):
        dataset = _dataset(path, label, shares, n_way, n_query, assign)
        try:
            planned = plan(name, dataset, raw, stream(root_key(seed), "prepare", name))
        except FewqubitError:
            if (n_query, assign) == (1, "draw"):
                raise
            continue
        if assign == "draw" or 2 * len(planned.split.meta_train) >= n_classes:
            return dataset, planned
    raise DataError(f"{path}: expected two rows or more of every class: one to learn, one to ask")


def _shares(n_classes: int) -> tuple[float, float, float]:
    """Shares of meta-train, validation and test.

    With few classes, validation and test get a quarter of them each, and at least two.
    """
    if n_classes >= ENOUGH:
        return SHARES
    part = round(max(2, n_classes // 4) / n_classes, 3)
    return round(1 - 2 * part, 3), part, part


def _dataset(
    path: Path,
    label: str,
    shares: tuple[float, float, float],
    n_way: int,
    n_query: int,
    assign: str = "draw",
) -> Table:
    episodes = {"n_way": n_way, "n_shot": 1, "n_query": n_query}
    return Table.model_validate(
        {
            "source": "table",
            "path": str(path),
            "label": label,
            "split": {"fractions": list(shares), "assign": assign},
            "features": {"scale": "standard"},
            "episodes": {**episodes, "n_validation": 100, "n_test": 600},
        }
    )


def _fewer_queries(settings: Settings, n_query: int) -> Mapping[str, Any]:
    """Training tasks have at most as many queries of a class as test tasks."""
    asked = {name: _training(settings, name).get("n_query") for name in settings.run.learners}
    return {
        f"learners.{name}.training.n_query": n_query
        for name, queries in asked.items()
        if queries is not None and queries > n_query
    }


def _training(settings: Settings, learner: str) -> Mapping[str, Any]:
    values: Mapping[str, Any] = settings.learners[learner].model_dump()
    return values.get("training") or {}


def _fewer_qubits(settings: Settings, n_features: int) -> Mapping[str, Any]:
    """A fixed feature map has at most as many inputs as features; with one feature, none is run."""
    if n_features < 2:
        return {"run.feature_maps": []}
    return dict(_fitting_maps(settings, n_features))


def _fitting_maps(settings: Settings, n_features: int) -> Iterator[tuple[str, int]]:
    for name in settings.run.feature_maps:
        if settings.feature_maps[name].n_qubits > n_features:
            yield f"feature_maps.{name}.n_qubits", n_features


def _name(path: Path) -> str:
    """The data set's name, made from the file's: ``my-letters`` for ``My letters.csv``."""
    stem = Path(path.stem).stem if path.suffix.lower() in PACKED_SUFFIXES else path.stem
    plain = re.sub(r"[^a-z0-9_]+", "-", stem.lower()).strip("-_")
    return plain[: LONGEST - len("-table")] or "table"
