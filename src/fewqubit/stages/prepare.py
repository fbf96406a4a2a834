"""The prepare stage: raw data to features, splits and frozen episodes, for all later stages."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import PRNGKeyArray

from fewqubit.base.io.cards import write_card
from fewqubit.base.io.files import sha256, write_json
from fewqubit.base.keys import stream
from fewqubit.config import AnyDataset
from fewqubit.data import RawData, Split, save_examples, save_transform
from fewqubit.data.dataset import NoneOfThese
from fewqubit.data.embeddings.embedding import packed as packed_embedding
from fewqubit.data.mixed.schema import packed
from fewqubit.data.prepared import CLASSES, COVERED
from fewqubit.data.read import read_raw
from fewqubit.errors import DataError
from fewqubit.stages.features import Prepared, prepared
from fewqubit.stages.foreign import out_of_scope
from fewqubit.stages.plan import Plan, plan
from fewqubit.stages.tuning import refined
from fewqubit.tasks.first_task import FIRST_TASK, write_first_task
from fewqubit.tasks.manifest import save_manifest


def prepare(name: str, settings: AnyDataset, key: PRNGKeyArray, folder: str | Path) -> None:
    """Write the prepared data set ``name`` into ``folder``.

    examples.npz, transform.npz, transform.json, raw_schema.json, manifest_validation.npz,
    manifest_test.npz, first_task.csv, then their card classes.json, and summary.json. The split and
    each manifest have their own random stream.

    Raises DataError or SettingsError before anything is written.
    """
    folder, key = Path(folder), stream(key, "prepare", name)
    planned = plan(name, settings, read_raw(settings), key)
    for note in planned.notes:
        sys.stderr.write(f"prepare {name}: {note}\n")
    planned, tuned = refined(name, planned, settings, key)
    made = prepared(planned, settings, key)
    if (chosen := made.summary.get("whitening")) is not None:
        sys.stderr.write(
            f"prepare {name}: whiten {chosen['whiten']:g}, between {chosen['between']:g} and "
            f"contrast {chosen['contrast']:g} answer {chosen['validation_accuracy']:.1%} of the "
            "validation queries by the nearest mean, the best of those in features\n"
        )
    _write(folder, made, _foreign(name, settings.none_of_these, planned))
    summary = made.summary | ({"tuned": tuned} if tuned else {})
    if planned.equal_rows:
        summary["n_copies"] = sum(len(rows) - 1 for rows in planned.equal_rows)
    checksums = made.asked | {"examples": sha256(folder / "examples.npz")}
    write_json(folder / "summary.json", summary | checksums)


def _foreign(name: str, asked: NoneOfThese | None, planned: Plan) -> dict[str, Any]:
    """The part of classes.json on queries that belong to none of a task's classes."""
    away = out_of_scope(name, asked, planned)
    recall = {} if asked is None else {"recall": asked.recall}
    return recall | ({"out_of_scope": away} if away else {})


def _write(folder: Path, made: Prepared, foreign: Mapping[str, Any]) -> None:
    planned = made.planned
    raw = planned.raw
    targets, measure = _measured(raw, planned.split)
    save_examples(folder / "examples.npz", made.features, raw.y, raw.sentences, targets)
    save_transform(folder, made.transform)
    schema: dict[str, Any] = {"columns": raw.columns, "shape": raw.x.shape[1:]}
    if raw.pictures is not None:
        schema["pictures"] = raw.pictures.model_dump()
    if raw.schema is not None:
        schema["kinds"] = packed(raw.schema)
    if raw.embedding is not None and raw.pictures is None and raw.sentences is None:
        schema["text"] = raw.embedding.column
    write_json(folder / "raw_schema.json", schema)
    for name, manifest in made.manifests.items():
        save_manifest(folder / f"{name}.npz", manifest, made.sentences.get(name))
    tested = made.manifests["manifest_test"]
    write_first_task(folder / FIRST_TASK, raw, planned.columns, tested)
    classes = _classes(raw, planned.split, planned.equal_rows)
    if made.summary["source"] == "glyphs":  # groups are scripts: their letters are no variants
        classes["kin"] = raw.names
    if measure:
        classes["targets"] = measure
    if raw.sentences is not None:
        classes["outside"] = raw.sentences.outside
        assert raw.embedding is not None
        classes["embedding"] = packed_embedding(raw.embedding)
    write_card(folder / CLASSES, {**classes, **foreign}, COVERED)


def _measured(raw: RawData, split: Split) -> tuple[np.ndarray | None, dict[str, float]]:
    """Targets, standardized by mean and standard deviation of the meta-train rows.

    Raises DataError: the targets of the meta-train rows are all the same.
    """
    if raw.targets is None:
        return None, {}
    taught = raw.targets[np.isin(raw.y, split.meta_train)]
    mean, spread = float(taught.mean()), float(taught.std())
    if spread == 0:
        raise DataError(f"the numbers of meta-train are all {mean:g}; nothing is to be learned")
    return (raw.targets - mean) / spread, {"mean": mean, "spread": spread}


def _classes(raw: RawData, split: Split, equal_rows: list[list[int]]) -> dict[str, Any]:
    """The content of classes.json; ``equal_rows`` only if there are any."""
    known = {"names": raw.names, "groups": raw.groups, "split": split._asdict()}
    return known | ({"equal_rows": equal_rows} if equal_rows else {})
