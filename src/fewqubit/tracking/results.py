"""What dvc.lock holds: the evaluated results, each with the chain of stages that made it."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml import YAML, YAMLError

from fewqubit.base.reading import read_yaml
from fewqubit.errors import ArtifactError, SettingsError

LOCK_FILE = "dvc.lock"
_EVALUATED = re.compile(r"artifacts/evaluated/([^/]+)/([^/]+)/([^/]+)/metrics\.json")


class LockedStage(NamedTuple):
    """One entry of dvc.lock; ``deps`` and ``outs`` map a path to its MD5."""

    name: str
    command: str
    params: Mapping[str, Any]
    deps: Mapping[str, str]
    outs: Mapping[str, str]


@dataclass(frozen=True)
class LockedResult:
    """One learner or baseline, evaluated on one data set.

    ``chain[0]`` is the stage that evaluated it; the others are those it descends from.
    """

    dataset: str
    learner: str
    arm: str
    chain: tuple[LockedStage, ...]

    @cached_property
    def key(self) -> str:
        """SHA-256 over the numbers and everything that made them.

        Equal keys mean the same result, whether it was computed, cached or restored, by whatever
        version of the code, in whatever other company.
        """
        read = {path for stage in self.chain for path in stage.deps}
        written = {path for stage in self.own_stages for path in stage.outs}
        files = {path: md5 for path, md5 in self.outs.items() if path in read | written}
        made = [self.dataset, self.learner, self.arm, self.grids, files]
        return hashlib.sha256(json.dumps(made, sort_keys=True).encode()).hexdigest()

    @property
    def name(self) -> str:
        """Short, since MLflow's charts cut labels: ``protonet``, ``protonet-twin``, ``svm``."""
        return self.learner if self.arm in ("quantum", "baseline") else f"{self.learner}-{self.arm}"

    @property
    def own_stages(self) -> list[LockedStage]:
        """The links of the chain that worked for this result alone."""
        names = ("meta_train", "evaluate", "baseline")
        return [stage for stage in map(self.stage, names) if stage is not None]

    @property
    def grids(self) -> dict[str, Any]:
        """What a baseline was tuned over; nothing for a learner, whose card tells its settings."""
        if self.arm != "baseline":
            return {}
        grids = self.chain[0].params.get("baselines", {})
        return {name: grids[name] for name in sorted(grids) if name.startswith(self.learner)}

    @property
    def outs(self) -> dict[str, str]:
        """Every file that the chain wrote, with its MD5."""
        return {path: md5 for stage in self.chain for path, md5 in stage.outs.items()}

    def stage(self, script: str) -> LockedStage | None:
        """The link of the chain that ran ``script``, or None if there is none."""
        return next((stage for stage in self.chain if _script(stage) == script), None)


def read_stages(root: Path) -> dict[str, LockedStage]:
    """The stages in ``root``'s dvc.lock by name; none if the pipeline never ran.

    Raises ArtifactError if the file cannot be read.
    """
    path = root / LOCK_FILE
    if not path.exists():
        return {}
    try:
        return dict(_parsed(path.read_text(encoding="utf-8")))
    except (YAMLError, KeyError, TypeError) as error:
        reason = " ".join(str(error).split())
        raise ArtifactError(
            f"{path}: expected the stages that DVC locked, but {reason}; "
            "run `git checkout dvc.lock` or `dvc repro`"
        ) from error


@lru_cache(maxsize=1)  # results, streams and starts ask one after the other; it takes a second
def _parsed(lock: str) -> dict[str, LockedStage]:
    entries = YAML(typ="safe").load(lock)["stages"]
    return {name: _stage(name, entry) for name, entry in entries.items()}


def results(stages: Mapping[str, LockedStage]) -> Iterator[LockedResult]:
    """The evaluated results among ``stages``, in the order of their names."""
    for name in sorted(stages):
        found = next(filter(None, map(_EVALUATED.fullmatch, stages[name].outs)), None)
        if found:
            dataset, learner, arm = found.groups()
            yield LockedResult(dataset, learner, arm, tuple(_chain(stages[name], stages.values())))


class Axes(NamedTuple):
    """What a run computes: the section ``run`` of its settings."""

    datasets: list[str]
    feature_maps: list[str]
    learners: list[str]
    arms: list[str]
    baselines: list[str]


def read_axes(path: Path) -> Axes:
    """The axes in ``path``, which were valid when the run began.

    Read as they stand: to check settings takes all that they may name, seconds of imports, and
    mostly there is nothing to mirror. Raises SettingsError: they are not there.
    """
    values = read_yaml(path)
    try:
        return Axes(*(list(values["run"][axis]) for axis in Axes._fields))
    except (KeyError, TypeError):
        raise SettingsError(
            f"{path}: expected the lists {', '.join(Axes._fields)} in its section 'run'"
        ) from None


def of_run(found: Iterable[LockedResult], run: Axes) -> Iterator[LockedResult]:
    """Those that the run has; dvc.lock remembers every stage that ever was."""
    for result in found:
        baseline = result.arm == "baseline"
        names, arms = (run.baselines, ["baseline"]) if baseline else (run.learners, run.arms)
        if result.dataset in run.datasets and result.learner in names and result.arm in arms:
            yield result


def shared_stages(stages: Mapping[str, LockedStage], run: Axes) -> Iterator[LockedStage]:
    """The stages of the run that belong to no one result: its feature maps, its report."""
    maps = {("encoded", dataset, name) for dataset in run.datasets for name in run.feature_maps}
    for stage in stages.values():
        if stage.name == "report" or any(Path(path).parts[1:4] in maps for path in stage.outs):
            yield stage


def broken_link(result: LockedResult) -> str | None:
    """The first file that a stage of the chain read in another version than it has now.

    Such a result is stale: DVC ran an earlier stage again, but not yet the later one.
    """
    written = result.outs
    for stage in result.chain:
        for path, md5 in stage.deps.items():
            if written.get(path, md5) != md5:
                return path
    return None


def _chain(last: LockedStage, stages: Iterable[LockedStage]) -> list[LockedStage]:
    """``last`` and all that it descends from, nearest first."""
    makers = {path: stage for stage in stages for path in stage.outs}
    chain = [last]
    for stage in chain:  # grows while it is read
        parents = {makers[path].name: makers[path] for path in stage.deps if path in makers}
        chain += [parents[name] for name in sorted(parents) if parents[name] not in chain]
    return chain


def _stage(name: str, entry: Mapping[str, Any]) -> LockedStage:
    deps, outs = (
        {item["path"]: item.get("md5", "") for item in entry.get(kind, ())}
        for kind in ("deps", "outs")
    )
    params = {
        key: value for file in entry.get("params", {}).values() for key, value in file.items()
    }
    return LockedStage(name, str(entry["cmd"]), params, deps, outs)


def _script(stage: LockedStage) -> str:
    """``meta_train`` of ``meta_train@digits-protonet-quantum``."""
    return stage.name.partition("@")[0]
