"""What a finished search left on disk."""

import csv
import hashlib
import json
from pathlib import Path
from typing import Any, NamedTuple

from fewqubit.base.io.files import read_json
from fewqubit.errors import ArtifactError
from fewqubit.tasks.scores import ACCURACY, Score, score_of
from fewqubit.tracking.record import PREPARED


class SearchRecord(NamedTuple):
    """What a search wrote: search.json, and the rows of trials.csv as text; and what they score."""

    folder: Path
    card: dict[str, Any]
    trials: list[dict[str, str]]
    score: Score

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


def read_search(root: Path, folder: Path) -> SearchRecord:
    """The search in ``folder`` of the project ``root``.

    Raises ArtifactError: a file is missing or damaged.
    """
    card, path = read_json(folder / "search.json"), folder / "trials.csv"
    summary = root / PREPARED / card["dataset"] / "summary.json"
    score = score_of(read_json(summary)) if summary.exists() else ACCURACY
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            return SearchRecord(folder, card, list(csv.DictReader(stream)), score)
    except OSError as error:
        raise ArtifactError(f"{path}: cannot be read: {error.strerror}; search again") from None
