"""Everything the report shows, read from the artefacts of the stages; nothing is computed here."""

import base64
import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Int

from fewqubit.base.io.cards import read_card
from fewqubit.base.io.files import REMEDY, read_json
from fewqubit.base.io.journal import read_entry
from fewqubit.config import Run
from fewqubit.data.prepared import kin, read_classes
from fewqubit.errors import ArtifactError
from fewqubit.evaluate.results import Accuracies
from fewqubit.tasks import load_manifest
from fewqubit.tasks.scores import score_of

Row = Mapping[str, str]


class Result(NamedTuple):
    """One learner (or baseline) in one arm on one data set.

    metrics:     metrics.json of its evaluation
    adaptation:  rows of accuracy against steps and shots
    confusion:   (true class, answered class) -> count
    card:        learner.json, or None for a baseline
    devices:     devices.json: what the circuit did where it was measured, by the device's name
    cost:        cost.json: what the circuit asks of a device; empty for a baseline
    curve:       rows of the learning curve; none for what was not trained
    seconds:     wall time by stage; a stage that DVC restored from its cache is not in it
    """

    learner: str
    arm: str
    accuracies: Accuracies
    metrics: Mapping[str, float]
    adaptation: Sequence[Row]
    confusion: Mapping[tuple[str, str], float]
    card: Mapping[str, Any] | None
    devices: Mapping[str, Any]
    cost: Mapping[str, Any]
    curve: Sequence[Row]
    seconds: Mapping[str, float]

    @property
    def name(self) -> str:
        """``protonet quantum``, or just ``svm``."""
        return self.learner if self.arm == "baseline" else f"{self.learner} {self.arm}"


class Encoding(NamedTuple):
    """A fixed feature map on a data set: kernel diagnostics, and pictures as data addresses."""

    feature_map: str
    diagnostics: Mapping[str, Any]
    gram: str
    circuit: str
    concentration: str


class Classes(NamedTuple):
    """Which classes the test episodes show.

    ids:     of each episode, by number
    groups:  what each of them is a variant of (a digit, a character), by number
    names:   of all classes; group_names: of all groups
    """

    ids: Int[np.ndarray, "episodes n_way"]
    groups: Int[np.ndarray, "episodes n_way"]
    names: Sequence[str]
    group_names: Sequence[str]

    @property
    def n(self) -> int:
        """Test classes."""
        return len(np.unique(self.ids))

    @property
    def n_groups(self) -> int:
        """Independent test classes."""
        return len(np.unique(self.groups))


class Study(NamedTuple):
    """All results on one data set, in the order of ``run`` in params.yaml.

    summary:  summary.json of the prepared data: counts, episodes, manifest hashes
    """

    dataset: str
    summary: Mapping[str, Any]
    learners: Sequence[Result]
    baselines: Sequence[Result]
    encodings: Sequence[Encoding]
    classes: Classes

    @property
    def score(self) -> str:
        """The name of the score in files: ``accuracy``, or that of the data set's score."""
        return score_of(self.summary).name

    @property
    def results(self) -> list[Result]:
        """Learners in all their arms, then baselines."""
        return [*self.learners, *self.baselines]

    def find(self, learner: str, arm: str) -> Result | None:
        """The result of a learner in an arm, or None if the arm was not run."""
        return next(
            (row for row in self.learners if (row.learner, row.arm) == (learner, arm)), None
        )


def gather(artifacts: Path, run: Run) -> list[Study]:
    """The results of ``run`` below ``artifacts``, one study for each data set.

    Raises ArtifactError if a result that ``run`` names is missing or damaged.
    """
    return [_study(artifacts, dataset, run) for dataset in run.datasets]


def _study(artifacts: Path, dataset: str, run: Run) -> Study:
    prepared = artifacts / "prepared" / dataset
    summary = read_json(prepared / "summary.json")
    least = score_of(summary).least
    learners = [
        _result(artifacts, dataset, learner, arm, least)
        for learner in run.learners
        for arm in run.arms
    ]
    baselines = [_result(artifacts, dataset, name, "baseline", least) for name in run.baselines]
    encodings = [_encoding(artifacts / "encoded" / dataset / name) for name in run.feature_maps]
    return Study(dataset, summary, learners, baselines, encodings, _classes(prepared))


def _classes(prepared: Path) -> Classes:
    known = read_classes(prepared, ("manifest_test.npz",))
    ids = np.asarray(load_manifest(prepared / "manifest_test.npz").class_ids)
    if outside := known.get("outside"):  # of words: O is no type, and no figure is of it alone
        ids = ids[~np.isin(ids, outside)].reshape(len(ids), -1)
    names, members = np.unique(kin(known), return_inverse=True)
    return Classes(ids, members[ids], known["names"], names.tolist())


def _result(artifacts: Path, dataset: str, learner: str, arm: str, least: float) -> Result:
    # Arrow reads them; a study in memory does without
    from fewqubit.evaluate.result_files import read_episodes
    from fewqubit.evaluate.seal import CARD, check_results

    evaluated = artifacts / "evaluated" / dataset / learner / arm
    trained = artifacts / "trained" / dataset / learner / arm
    is_baseline = arm == "baseline"
    accuracies = read_episodes(evaluated / CARD, least)
    check_results(evaluated)
    cells = _read_csv(evaluated / "confusion.csv")
    return Result(
        learner,
        arm,
        accuracies,
        read_json(evaluated / "metrics.json"),
        _read_csv(evaluated / "adaptation.csv"),
        {(cell["true_class"], cell["predicted_class"]): float(cell["count"]) for cell in cells},
        None if is_baseline else read_card(trained / "learner.json", ["curve.csv"]),
        {} if is_baseline else read_json(evaluated / "devices.json"),
        {} if is_baseline else read_json(evaluated / "cost.json"),
        [] if is_baseline else _read_csv(trained / "curve.csv"),
        _seconds(artifacts / "journal", dataset, learner, arm),
    )


def _encoding(folder: Path) -> Encoding:
    files = [f"{name}.png" for name in Encoding._fields[2:]]
    diagnostics = read_card(folder / "diagnostics.json", files)
    return Encoding(folder.name, diagnostics, *(_data_address(folder / file) for file in files))


def _seconds(journal: Path, dataset: str, learner: str, arm: str) -> dict[str, float]:
    stages = {
        "meta_train": f"meta_train@{dataset}-{learner}-{arm}",
        "evaluate": f"evaluate@{dataset}-{learner}-{arm}",
    }
    if arm == "baseline":
        stages = {"evaluate": f"baseline@{dataset}-{learner}"}
    entries = {stage: read_entry(name, journal) for stage, name in stages.items()}
    return {stage: entry.seconds for stage, entry in entries.items() if entry is not None}


def _read_csv(path: Path) -> list[Row]:
    try:
        with path.open(newline="", encoding="utf-8") as stream:
            return list(csv.DictReader(stream))
    except FileNotFoundError as error:
        raise ArtifactError(f"{path}: expected a table, found none; {REMEDY}") from error


def _data_address(picture: Path) -> str:
    """The picture itself as an address, so that the page needs no other file."""
    try:
        content = base64.b64encode(picture.read_bytes()).decode()
    except FileNotFoundError as error:
        raise ArtifactError(f"{picture}: expected a picture, found none; {REMEDY}") from error
    return f"data:image/png;base64,{content}"
