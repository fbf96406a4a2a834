"""Finished searches in MLflow: a run for each searched arm, and within it a run for each trial."""

import csv
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from fewqubit.errors import ArtifactError
from fewqubit.files import read_json
from fewqubit.tracking.store import known_keys, sole_writer, tracking_uri

SEARCHES = Path("artifacts/searches")
OWN = ("trial", "validation_accuracy", "seconds", "started")  # columns that are no settings


class Search(NamedTuple):
    """What a search wrote: search.json, and the rows of trials.csv as text."""

    folder: Path
    card: dict[str, Any]
    trials: list[dict[str, str]]

    @property
    def key(self) -> str:
        """Equal for equal trials, so that the same search has one run."""
        content = json.dumps([self.card["study"], self.trials], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()

    @property
    def name(self) -> str:
        """``protonet``, ``protonet-twin``: as the arm's own run is called."""
        learner, arm = self.card["learner"], self.card["arm"]
        return learner if arm == "quantum" else f"{learner}-{arm}"


def mirror_searches(root: Path) -> tuple[str, ...]:
    """Log every finished search in ``root`` that MLflow does not know; their names.

    A search that went on has a new run. Raises ArtifactError if a file of a search is damaged, and
    PipelineError if MLflow does not answer.
    """
    uri = tracking_uri(root)
    found = [
        read_search(path.parent) for path in sorted((root / SEARCHES).glob("*/*/*/search.json"))
    ]
    known = known_keys(uri) if found else frozenset()
    return _write(root, uri, [search for search in found if search.key not in known])


def read_search(folder: Path) -> Search:
    """The search in ``folder``. Raises ArtifactError: a file is missing or damaged."""
    card, path = read_json(folder / "search.json"), folder / "trials.csv"
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            return Search(folder, card, list(csv.DictReader(stream)))
    except OSError as error:
        raise ArtifactError(f"{path}: cannot be read: {error.strerror}; search again") from None


def _write(root: Path, uri: str, fresh: Sequence[Search]) -> tuple[str, ...]:
    if not fresh:
        return ()
    # mlflow takes seconds to import, so it waits until there is something to write
    from fewqubit.tracking import client, write_search

    with sole_writer(root, uri), client.speaking_to(uri):
        connection = client.connect(uri)
        known = known_keys(uri)  # another process may have been here meanwhile
        new = [search for search in fresh if search.key not in known]
        for search in new:
            write_search.log(connection, root, search)
    return tuple(f"{search.card['dataset']}/{search.name}" for search in new)
