"""The settings that a search chose for one arm of a learner on a data set: a file kept in git.

``fewqubit search`` writes the file, ``meta_train`` reads the values. They apply only if the
settings of the data set and of the learner (except ``seeds``) are those of the search. If either
was edited since, params.yaml counts. A setting that is newer than the file has its default.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import TypeAdapter, ValidationError

from fewqubit.base.io.cards import read_card, write_card
from fewqubit.config import AnyDataset, AnyLearner, with_values
from fewqubit.config.edges import edges
from fewqubit.errors import ArtifactError

SEARCHED = Path("searched")
FORMAT = 1
REMEDY = "search again with `fewqubit search --all`, or remove the file"
_KINDS: dict[str, TypeAdapter[Any]] = {
    "learner": TypeAdapter(AnyLearner),
    "dataset": TypeAdapter(AnyDataset),
}


class Searched(NamedTuple):
    """Settings of an arm, and where they come from.

    summary:  values, validation accuracy and number of distinct trials of the search, and which
              of the values are the least or greatest that were tried; None without a search
    note:     why the file of a search was not used; empty if it was, or if there is none
    """

    settings: AnyLearner
    summary: Mapping[str, Any] | None = None
    note: str = ""


def place(dataset: str, learner: str, arm: str) -> Path:
    """The file of an arm, relative to the project."""
    return SEARCHED / dataset / learner / f"{arm}.json"


def keep(
    path: Path, settings: AnyLearner, dataset: AnyDataset, summary: Mapping[str, Any], how: Any
) -> None:
    """Write the result ``summary`` of the search ``how`` that started from ``settings``."""
    card = {**summary, "at_edge": _at_edge(summary["values"], how), "search": how}
    write_card(path, {"format": FORMAT, **card, "from": _basis(settings, dataset)})


def chosen(path: Path, settings: AnyLearner, dataset: AnyDataset) -> Searched:
    """``settings`` of an arm, with the values of the file at ``path`` if it exists and applies.

    Raises ArtifactError: the file is damaged, or the learner does not accept its values.
    """
    if not path.is_file():
        return Searched(settings)
    card = read_card(path, remedy=REMEDY, format=FORMAT)
    other = _different(_as_today(card["from"]), _basis(settings, dataset))
    if other:
        note = f"{path} is of a search with another {other}; what params.yaml says counts"
        return Searched(settings, note=note)
    summary = {name: card[name] for name in ("values", "validation_accuracy", "trials")}
    summary["at_edge"] = _at_edge(card["values"], card["search"])
    try:
        return Searched(with_values(settings, card["values"]), summary)
    except ValueError as error:
        raise ArtifactError(f"{path}: {error}; {REMEDY}") from None


def _at_edge(values: Mapping[str, Any], how: Mapping[str, Any]) -> dict[str, Any]:
    """Values at an edge, recomputed from the space: files of earlier versions do not store them."""
    return {**edges(values, how.get("space", {}))}


def _basis(settings: AnyLearner, dataset: AnyDataset) -> dict[str, Any]:
    """The settings that a search depends on, as JSON values."""
    learner = settings.model_dump(mode="json", exclude={"seeds", "per_arm"})
    described = {"learner": learner, "dataset": dataset.model_dump(mode="json")}
    basis: dict[str, Any] = json.loads(json.dumps(described))
    return basis


def _as_today(then: dict[str, Any]) -> dict[str, Any]:
    """``then`` with defaults for settings added since; unchanged if some of its were removed."""
    try:
        learner, dataset = (
            kind.validate_json(json.dumps(then[name])) for name, kind in _KINDS.items()
        )
    except ValidationError:
        return then
    return _basis(learner, dataset)


def _different(one: Any, other: Any, name: str = "") -> str:
    """The dotted key of the first setting that differs; empty if none does."""
    if not (isinstance(one, dict) and isinstance(other, dict)):
        return "" if one == other else name
    keys = [*dict.fromkeys([*one, *other])]
    found = (_different(one.get(key), other.get(key), f"{name}.{key}".lstrip(".")) for key in keys)
    return next(filter(None, found), "")
