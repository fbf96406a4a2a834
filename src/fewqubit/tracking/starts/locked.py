"""Which contests of starts dvc.lock holds: read without numpy, since mostly there is nothing."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import NamedTuple

from fewqubit.tracking.address import experiment_name
from fewqubit.tracking.results import LockedStage

_ENTERED = re.compile(r"artifacts/contests/([^/]+)/([^/]+)/paths\.npz")


class LockedEntry(NamedTuple):
    """One start in one contest that dvc.lock holds: the stages that drew, trained and tested it."""

    problem: str
    start: str
    drawn: LockedStage
    trained: LockedStage
    tested: LockedStage

    @property
    def outs(self) -> dict[str, str]:
        """Every file that the three stages wrote, with its MD5."""
        return {**self.drawn.outs, **self.trained.outs, **self.tested.outs}

    @property
    def key(self) -> str:
        """Equal for equal problems, parameters and paths, so that the same entry has one run."""
        made = ["start", self.problem, self.start, self.outs]
        return hashlib.sha256(json.dumps(made, sort_keys=True).encode()).hexdigest()

    @property
    def experiment(self) -> str:
        return experiment_name(f"starts-{self.problem}")

    def folder(self, kind: str) -> Path:
        """Of the start below ``artifacts/<kind>``."""
        return Path("artifacts", kind, self.problem, self.start)


def locked_entries(
    stages: Mapping[str, LockedStage], run: Mapping[str, Sequence[str]]
) -> Iterator[LockedEntry]:
    """The entries of the run, in the order of its settings; dvc.lock remembers others too."""
    tested = {
        match.groups(): stage
        for stage in stages.values()
        for path in stage.outs
        if (match := _ENTERED.fullmatch(path))
    }
    for place in product(run.get("problems", ()), run.get("starts", ())):
        drawn = stages.get(f"problems@{place[0]}")
        trained = stages.get(f"train_start@{place[0]}-{place[1]}")
        if place in tested and drawn and trained:
            yield LockedEntry(*place, drawn, trained, tested[place])


def fault(entry: LockedEntry, here: Mapping[str, str | None]) -> str | None:
    """Why files with checksums ``here`` are not the locked entry; None if they are."""
    for path, md5 in entry.outs.items():
        if here[path] is None:
            return f"{path} is missing; run `dvc checkout` or `dvc repro`"
        if here[path] != md5:
            return f"{path} is not the file that dvc.lock names; run `dvc checkout` or `dvc repro`"
    for stage in (entry.trained, entry.tested):
        for path, md5 in stage.deps.items():
            if entry.outs.get(path, md5) != md5:
                return f"{path} changed after it was read; run `dvc repro`"
    return None
