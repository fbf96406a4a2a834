"""Raw data to everything later stages need: features, splits, frozen episodes."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import PRNGKeyArray

from fewqubit.config import AnyDataset, Episodes
from fewqubit.data import (
    RawData,
    Split,
    Transform,
    apply_all,
    feature_shape,
    fit,
    save_examples,
    save_transform,
)
from fewqubit.data.prepared import CLASSES, COVERED
from fewqubit.data.sources import read_raw
from fewqubit.io.cards import write_card
from fewqubit.io.files import sha256, write_json
from fewqubit.keys import stream
from fewqubit.stages.plan import plan
from fewqubit.tasks.class_sets import class_sets
from fewqubit.tasks.first_task import FIRST_TASK, write_first_task
from fewqubit.tasks.manifest import asked_hash, draw_manifest, load_manifest, save_manifest
from fewqubit.tasks.sampler import ClassIndex
from fewqubit.tasks.task import Episode


def prepare(name: str, settings: AnyDataset, key: PRNGKeyArray, folder: str | Path) -> None:
    """Write the prepared data set ``name`` into ``folder``.

    examples.npz, transform.npz, transform.json, raw_schema.json, manifest_validation.npz,
    manifest_test.npz, first_task.csv, then their card classes.json, and summary.json. The split and
    each manifest have a random stream of their own.

    Raises DataError or SettingsError before anything is written.
    """
    folder, key = Path(folder), stream(key, "prepare", name)
    planned = plan(name, settings, read_raw(settings), key)
    raw, columns, split, equal_rows, indices, *_ = planned
    for note in planned.notes:
        sys.stderr.write(f"prepare {name}: {note}\n")
    seen = raw.x[np.isin(raw.y, split.meta_train)]
    transform = fit(seen, settings.features)._replace(columns=raw.columns)
    _write_features(folder, raw, transform)
    checksums = _write_manifests(folder, raw, indices, settings.episodes, key)
    tested = load_manifest(folder / "manifest_test.npz")
    write_first_task(folder / FIRST_TASK, raw, columns, tested)
    classes = _classes(raw, split, equal_rows)
    write_card(folder / CLASSES, classes, COVERED)
    checksums["examples"] = sha256(folder / "examples.npz")
    summary = _summary(raw, split, transform, settings)
    summary["class_sets"] = {
        "validation": _sets(
            load_manifest(folder / "manifest_validation.npz"), indices["validation"]
        ),
        "meta_test": _sets(tested, indices["meta_test"]),
    }
    if equal_rows:
        summary["n_copies"] = sum(len(rows) - 1 for rows in equal_rows)
    write_json(folder / "summary.json", summary | checksums)


def _classes(raw: RawData, split: Split, equal_rows: list[list[int]]) -> dict[str, Any]:
    """What classes.json tells; of equal rows only where there are any."""
    known = {"names": raw.names, "groups": raw.groups, "split": split._asdict()}
    return known | ({"equal_rows": equal_rows} if equal_rows else {})


def _write_features(folder: Path, raw: RawData, transform: Transform) -> None:
    save_examples(folder / "examples.npz", apply_all(transform, raw.x), raw.y)
    save_transform(folder, transform)
    write_json(folder / "raw_schema.json", {"columns": raw.columns, "shape": raw.x.shape[1:]})


def _write_manifests(
    folder: Path,
    raw: RawData,
    indices: Mapping[str, ClassIndex],
    episodes: Episodes,
    key: PRNGKeyArray,
) -> dict[str, str]:
    """Freeze the episodes of validation and test; hashes of what they ask, by name."""
    frozen = {
        "manifest_validation": ("validation", episodes.n_validation),
        "manifest_test": ("meta_test", episodes.n_test),
    }
    shape = (episodes.n_way, episodes.n_shot, episodes.n_query)
    hashes = {}
    for name, (part, n_episodes) in frozen.items():
        manifest = draw_manifest(stream(key, name), indices[part], *shape, n_episodes)
        save_manifest(folder / f"{name}.npz", manifest)
        hashes[name] = asked_hash(manifest, raw.x, raw.names)
    return hashes


def _summary(
    raw: RawData, split: Split, transform: Transform, settings: AnyDataset
) -> dict[str, Any]:
    """What a person wants to know of a prepared data set, as DVC metrics."""
    parts = split._asdict()
    return {
        "source": settings.source,
        "n_examples": {part: int(np.isin(raw.y, ids).sum()) for part, ids in parts.items()},
        "n_classes": {part: len(ids) for part, ids in parts.items()},
        "n_classes_left_out": len(raw.names) - sum(len(ids) for ids in parts.values()),
        "feature_shape": feature_shape(transform),
        "episodes": settings.episodes.model_dump(),
    }


def _sets(episodes: Episode, index: ClassIndex) -> dict[str, int]:
    """How many sets of classes the frozen episodes ask about, and could."""
    groups = [0] * len(index.class_ids) if index.groups is None else np.asarray(index.groups)
    return class_sets(episodes, list(groups))._asdict()
