"""Few-shot classification of files: labelled rows, and rows to be answered."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
import pandas as pd

from fewqubit.base.io.cards import read_card
from fewqubit.base.io.files import read_json
from fewqubit.config import Run
from fewqubit.data.features import column_names
from fewqubit.data.labels import Spellings
from fewqubit.data.mixed.codes import unseen
from fewqubit.data.mixed.schema import unpacked
from fewqubit.data.prepared import read_classes
from fewqubit.data.rows import read_rows, read_texts
from fewqubit.errors import ArtifactError, DataError, SettingsError
from fewqubit.predict.estimator import FewShotClassifier
from fewqubit.predict.picture_rows import picture_rows
from fewqubit.predict.trained import OF_NUMBERS

PROBABILITY = "probability_"


class Adapted(Protocol):
    """A classifier that has adapted to a support set."""

    classes_: np.ndarray

    def answer(self, rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]: ...


class Rows(NamedTuple):
    """A support and its queries: features in the order of training; ``truth`` where it is known.

    ``notes`` are lines on categories that training did not have.
    """

    support: pd.DataFrame
    labels: pd.Series
    query: pd.DataFrame
    truth: pd.Series
    notes: Sequence[str] = ()


class Best(NamedTuple):
    """A meta-trained learner: its name, its folder, its data set's folder, its best validation."""

    name: str
    trained: Path
    prepared: Path
    validation: float


def choose(artifacts: Path, name: str | None, run: Run | None = None) -> Best:
    """The learner ``dataset/learner/arm``, or the best on validation if ``name`` is None.

    The best is chosen from the learners of ``run``; others may still be named. Raises
    ArtifactError: there is none of that name; or several data sets, and none was named.
    """
    trained = artifacts / "trained"
    there = {card.parent.relative_to(trained).as_posix(): card for card in _cards(trained)}
    cards = [card for one, card in there.items() if one == name or (not name and _has(run, one))]
    if not cards:
        others = f"; trained are: {', '.join(there)}" if there else ""
        raise ArtifactError(
            f"expected a meta-trained learner {name or 'of the run'} in {trained}, found none; "
            f"make one with `fewqubit run`; `fewqubit status` tells which are stale{others}"
        )
    found = [_chosen(artifacts, card) for card in cards]
    datasets = sorted({one.prepared.name for one in found})
    if len(datasets) > 1:
        raise ArtifactError(
            f"there are learners of several data sets ({', '.join(datasets)}); name one, as "
            f"{found[0].name}"
        )
    return max(found, key=lambda one: one.validation)


def _cards(trained: Path) -> list[Path]:
    return sorted(trained.glob("*/*/*/learner.json"))


def _has(run: Run | None, name: str) -> bool:
    """Whether ``dataset/learner/arm`` is computed by ``run``; None computes everything."""
    if run is None:
        return True
    dataset, learner, arm = name.split("/")
    return dataset in run.datasets and learner in run.learners and arm in run.arms


def _chosen(artifacts: Path, card: Path) -> Best:
    name = card.parent.relative_to(artifacts / "trained").as_posix()
    prepared = artifacts / "prepared" / name.split("/")[0]
    return Best(name, card.parent, prepared, max(read_card(card)["validation_accuracy"]))


def of_words(prepared: Path) -> bool:
    """Whether the data set has sentences, whose words are its rows."""
    return "outside" in read_classes(prepared, ())


def read_task(prepared: Path, support: Path, query: Path | None, label: str) -> Rows:
    """Rows of a data set like the one in ``prepared``, from one table or two.

    Where the model was trained on pictures, either may be a folder of them, ``query`` one file.
    Without ``query``, the support's rows that have no label are asked. Raises DataError naming
    file, row or column: unreadable, other columns than in training, nothing labelled or nothing
    to answer; SettingsError: the tasks of the data set ask for numbers.
    """
    if "targets" in read_classes(prepared, ["raw_schema.json"]):
        raise SettingsError(OF_NUMBERS.format(prepared))
    schema = read_json(prepared / "raw_schema.json")
    kinds = unpacked(schema["kinds"]) if "kinds" in schema else None
    columns = column_names(schema["columns"], schema["shape"])
    pictured, text = "pictures" in schema, schema.get("text")

    def read(path: Path) -> tuple[pd.DataFrame, pd.Series]:
        if text:
            return read_texts(path, label, text)
        return picture_rows(path, label) if pictured else read_rows(path, label, columns, kinds)

    rows, labels = read(support)
    known = labels.notna()
    asked, truth = rows[~known], labels[~known]
    if query is not None:
        asked, truth = read(query)
        truth = _spelled_as(labels[known], truth)
    if not known.any():
        raise DataError(
            f"{support}: no row has a '{label}'; label one of each class or more, or name the "
            "column of the labels (--label)"
        )
    if asked.empty:
        raise DataError(f"{query or support}: no row to answer; leave its '{label}' empty")
    notes = [] if kinds is None else unseen(rows, kinds)
    notes += [] if kinds is None or query is None else unseen(asked, kinds)
    return Rows(rows[known], labels[known], asked, truth, notes)


def _spelled_as(labels: pd.Series, truth: pd.Series) -> pd.Series:
    """``truth`` as the support spells it, where it is the same class (``fewqubit.data.labels``)."""
    known = labels.unique().tolist()
    classes = Spellings(known)

    def spelled(label: str) -> str:
        places = classes.places(label)
        return known[places[0]] if len(places) == 1 else label

    return truth.map(spelled, na_action="ignore")


def adapt(chosen: Best, rows: Rows) -> FewShotClassifier:
    """The chosen learner's best training run, adapted to the rows' support."""
    return FewShotClassifier.load(chosen.trained, chosen.prepared).fit(rows.support, rows.labels)


def answers(classifier: Adapted, rows: pd.DataFrame, label: str = "label") -> pd.DataFrame:
    """``label`` and ``probability_<class>`` for each of ``rows``, indexed as they are.

    The label of a row that is of none of the classes is empty.
    """
    probabilities, known = classifier.answer(rows)
    columns = [f"{PROBABILITY}{name}" for name in classifier.classes_]
    table = pd.DataFrame(probabilities, columns=columns, index=rows.index)
    found = pd.Series(classifier.classes_[probabilities.argmax(axis=1)], index=rows.index)
    if not known.all():  # None, not NaN, for which JSON has no word
        found = found.astype(object).where(known, None)
    table.insert(0, label, found)
    return table
