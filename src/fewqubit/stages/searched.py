"""What a search has chosen for one arm of a learner on a data set: a small file, kept in git.

``fewqubit search`` writes it, ``meta_train`` takes the values from it. They hold for what was
searched: the same description of the data set, and of the learner but for how many seeds it has.
After an edit of either the edit counts. A setting that did not exist then had its default.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import TypeAdapter, ValidationError

from fewqubit.config import AnyDataset, AnyLearner, with_values
from fewqubit.config.edges import edges
from fewqubit.errors import ArtifactError
from fewqubit.io.cards import read_card, write_card

SEARCHED = Path("searched")
FORMAT = 1
REMEDY = "search again with `fewqubit search --all`, or remove the file"
_KINDS: dict[str, TypeAdapter[Any]] = {
    "learner": TypeAdapter(AnyLearner),
    "dataset": TypeAdapter(AnyDataset),
}


class Searched(NamedTuple):
    """Settings of an arm, and where they come from.

    told:  values, validation accuracy and number of distinct trials of the search, and which of
           the values are the least or greatest that were tried; None where there was none
    note:  why the file of a search was not followed, or nothing
    """

    settings: AnyLearner
    told: Mapping[str, Any] | None = None
    note: str = ""


def place(dataset: str, learner: str, arm: str) -> Path:
    """The file of an arm, relative to the project."""
    return SEARCHED / dataset / learner / f"{arm}.json"


def keep(
    path: Path, settings: AnyLearner, dataset: AnyDataset, told: Mapping[str, Any], how: Any
) -> None:
    """Write what a search (``how``) has found (``told``) from ``settings`` on ``dataset``."""
    card = {**told, "at_edge": _at_edge(told["values"], how), "search": how}
    write_card(path, {"format": FORMAT, **card, "from": _basis(settings, dataset)})


def chosen(path: Path, settings: AnyLearner, dataset: AnyDataset) -> Searched:
    """``settings`` of an arm with the values that the file at ``path`` gives them, if it is there.

    Raises ArtifactError if the file is damaged or its values are none that the learner takes.
    """
    if not path.is_file():
        return Searched(settings)
    card = read_card(path, remedy=REMEDY, format=FORMAT)
    other = _different(_as_today(card["from"]), _basis(settings, dataset))
    if other:
        note = f"{path} is of a search with another {other}; what params.yaml says counts"
        return Searched(settings, note=note)
    told = {name: card[name] for name in ("values", "validation_accuracy", "trials")}
    told["at_edge"] = _at_edge(card["values"], card["search"])
    try:
        return Searched(with_values(settings, card["values"]), told)
    except ValueError as error:
        raise ArtifactError(f"{path}: {error}; {REMEDY}") from None


def _at_edge(values: Mapping[str, Any], how: Mapping[str, Any]) -> dict[str, Any]:
    """From the space itself: files of earlier versions do not say it in so many words."""
    return {**edges(values, how.get("space", {}))}


def _basis(settings: AnyLearner, dataset: AnyDataset) -> dict[str, Any]:
    """What a search holds for, as JSON says it."""
    learner = settings.model_dump(mode="json", exclude={"seeds", "per_arm"})
    described = {"learner": learner, "dataset": dataset.model_dump(mode="json")}
    basis: dict[str, Any] = json.loads(json.dumps(described))
    return basis


def _as_today(then: dict[str, Any]) -> dict[str, Any]:
    """``then`` with the settings that came since; as it is where it has some that went."""
    try:
        learner, dataset = (
            kind.validate_json(json.dumps(then[name])) for name, kind in _KINDS.items()
        )
    except ValidationError:
        return then
    return _basis(learner, dataset)


def _different(one: Any, other: Any, name: str = "") -> str:
    """The first setting that is not the same, by its dotted key; or nothing."""
    if not (isinstance(one, dict) and isinstance(other, dict)):
        return "" if one == other else name
    keys = [*dict.fromkeys([*one, *other])]
    found = (_different(one.get(key), other.get(key), f"{name}.{key}".lstrip(".")) for key in keys)
    return next(filter(None, found), "")
