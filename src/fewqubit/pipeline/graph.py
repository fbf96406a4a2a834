"""What DVC says about the pipeline: its stages, what each one reads, which are stale."""

import json
import re
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fewqubit.errors import PipelineError
from fewqubit.pipeline.environment import stage_environment
from fewqubit.pipeline.process import dvc
from fewqubit.pipeline.watched import WATCH, write_watched

ALWAYS = "always changed"  # DVC's words
Upstream = Mapping[str, frozenset[str]]  # stage -> the stages whose outputs it reads


@dataclass(frozen=True)
class Pipeline:
    """The stages of dvc.yaml and those whose commands, inputs, settings or outputs changed.

    ``changed`` maps a stage to the reasons; a stage that is merely downstream of it is not listed.
    """

    upstream: Upstream
    changed: Mapping[str, Sequence[str]]

    @property
    def stale(self) -> frozenset[str]:
        """The changed stages and every stage that reads, directly or not, what they write.

        ``watch`` is an exception: ``read_pipeline`` has already brought its files up to date, so
        the stages that read a changed one are themselves among the changed.
        """
        changed = {*self.changed} - {WATCH}
        found = {name for name in self.upstream if self._ancestors(name) & changed}
        return frozenset(found | ({*self.changed} & {WATCH} & {*self.upstream}))

    def select(self, targets: Iterable[str]) -> "Pipeline":
        """The part that ``targets`` need: stages, or whole matrix groups; all without targets.

        Raises PipelineError for a target that is no stage.
        """
        targets = [*targets]
        if not targets:
            return self
        needed = frozenset().union(
            *(self._ancestors(stage) for target in targets for stage in self._stages(target))
        )
        return Pipeline(
            {name: self.upstream[name] for name in self.upstream if name in needed},
            {name: reasons for name, reasons in self.changed.items() if name in needed},
        )

    def _stages(self, target: str) -> list[str]:
        found = [name for name in self.upstream if target in (name, name.partition("@")[0])]
        if not found:
            raise PipelineError(
                f"expected a stage of dvc.yaml, got '{target}'; stages: {', '.join(self.upstream)}"
            )
        return found

    def _ancestors(self, stage: str) -> frozenset[str]:
        """``stage`` and every stage that it depends on."""
        found = {stage}
        waiting = [stage]
        while waiting:
            new = self.upstream[waiting.pop()] - found
            found |= new
            waiting += new
        return frozenset(found)


def read_pipeline(project: Path) -> Pipeline:
    """Ask DVC, once, for the graph and for what changed; to be called while no stage runs.

    Raises PipelineError as ``_ask`` does, SettingsError if what settings name cannot be looked up.
    """
    if (project / "pipelines" / f"{WATCH}.py").exists():
        write_watched(project)
    with ThreadPoolExecutor(2) as pool:
        graph = pool.submit(_ask, project, "dag", "--dot")
        status = pool.submit(_ask, project, "status", "--json")
        return Pipeline(parse_graph(graph.result()), parse_status(status.result()))


def parse_graph(dot: str) -> dict[str, frozenset[str]]:
    """``dvc dag --dot``: a line for each stage, then a line for each edge."""
    upstream: dict[str, set[str]] = {}
    for line in dot.splitlines():
        match re.findall(r'"([^"]+)"', line):
            case [stage]:
                upstream.setdefault(stage, set())
            case [source, stage]:
                upstream.setdefault(source, set())
                upstream.setdefault(stage, set()).add(source)
    return {stage: frozenset(sources) for stage, sources in upstream.items()}


def parse_status(text: str) -> dict[str, list[str]]:
    """``dvc status --json``: the reasons for each stage that changed, each as one short phrase.

    That a stage always runs is no reason: only what it writes counts.
    """
    status: dict[str, list[Any]] = json.loads(text)
    changed = {
        stage: [_phrase(reason) for reason in reasons if reason != ALWAYS]
        for stage, reasons in status.items()
    }
    return {stage: reasons for stage, reasons in changed.items() if reasons}


def _phrase(reason: Any) -> str:
    """``changed deps: a.txt, b.txt and 1 more`` from ``{"changed deps": {"a.txt": ..., ...}}``."""
    if not isinstance(reason, dict):
        return str(reason)
    return "; ".join(f"{what}: {_some(_leaves(things))}" for what, things in reason.items())


def _some(names: Sequence[str], shown: int = 2) -> str:
    more = len(names) - shown
    return ", ".join(names[:shown]) + (f" and {more} more" if more > 0 else "")


def _leaves(things: Any) -> list[str]:
    """Paths; for params, which DVC nests by file, their keys."""
    return [
        name
        for key, value in things.items()
        for name in (_leaves(value) if isinstance(value, dict) else [key])
    ]


def _ask(project: Path, *question: str) -> str:
    """What DVC writes to stdout. Raises PipelineError with its own words if it cannot answer."""
    answer = subprocess.run(
        dvc(*question),
        cwd=project,
        env=stage_environment(project),
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode != 0:
        words = " ".join(answer.stderr.split()).removeprefix("ERROR: ")
        if "is being blocked by" in words:
            raise PipelineError(f"a stage is at work; ask again when it is done. DVC: {words}")
        if "./dvc.lock' is invalid" in words or "./dvc.lock' validation failed" in words:
            words += "; a kill cut it short, `fewqubit run` puts it right"
        raise PipelineError(f"`dvc {' '.join(question)}` failed: {words}")
    return answer.stdout
