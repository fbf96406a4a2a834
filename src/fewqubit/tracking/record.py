"""Everything that MLflow records of one result, gathered before MLflow is touched."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from fewqubit.base.io.files import read_json
from fewqubit.tasks.scores import Score, metric_name, score_of
from fewqubit.tracking.address import KEY_TAG
from fewqubit.tracking.checksums import checksum
from fewqubit.tracking.colour import COLOUR_TAG, colour
from fewqubit.tracking.commit import commit_tags
from fewqubit.tracking.conclusion import conclusion
from fewqubit.tracking.figures import (
    TUNED,
    Figure,
    device_figures,
    evaluated_figures,
    trained_figures,
)
from fewqubit.tracking.results import LockedResult, LockedStage
from fewqubit.tracking.times import span

TRAINED, EVALUATED, PREPARED = (
    Path("artifacts", kind) for kind in ("trained", "evaluated", "prepared")
)
REPORT, VERDICTS = Path("reports/report.html"), Path("reports/verdicts.md")
OF_MAPS = ("gram.png", "concentration.png", "circuit.png", "diagnostics.json")


NOTE = "mlflow.note.content"  # what a run's page says on top


class LoggedData(NamedTuple):
    """A data set as MLflow shows it: the classes to learn from, or the frozen test episodes."""

    name: str
    context: str
    digest: str
    source: str
    profile: str


class Record(NamedTuple):
    """One MLflow run; ``files`` pairs a file with its folder among the run's artifacts."""

    result: LockedResult
    score: Score
    start: datetime
    end: datetime
    params: dict[str, str]
    figures: list[Figure]
    tags: dict[str, str]
    episodes: list[LoggedData]
    files: list[tuple[Path, str]]


def gather(root: Path, extras: Iterable[LockedStage], result: LockedResult) -> Record:
    """The record of ``result`` from the files in ``root``. Raises ArtifactError if one is bad.

    ``extras`` are stages that belong to no one result. From them come the plots of its data set
    and the report.
    """
    evaluated = root / EVALUATED / result.dataset / result.learner / result.arm
    trained = trained_folder(root, result)
    summary = read_json(root / PREPARED / result.dataset / "summary.json")
    metrics = read_json(evaluated / "metrics.json")
    score, figures = score_of(summary), evaluated_figures(evaluated)
    if trained:
        figures += trained_figures(trained) + device_figures(evaluated)
    spans = [span(root, stage) for stage in result.own_stages]
    seconds = [one.seconds for one in spans if one.seconds is not None]
    if len(seconds) == len(spans):
        figures.append(Figure("cost/seconds", sum(seconds)))
    extra_files, note = [*_extra_files(root, extras, result)], _note(result, metrics, score)
    tags = _tags(root, result, summary)
    if any(path == root / REPORT for path, _ in extra_files):
        concluded = conclusion(root, result)
        note, figures = note + concluded.note, figures + concluded.figures
        tags |= concluded.tags
    return Record(
        result,
        score,
        start=min(one.start for one in spans),
        end=max(one.end for one in spans),
        params=_params(result, trained, summary, metrics),
        figures=[one._replace(name=metric_name(one.name, score)) for one in figures],
        tags=tags | {NOTE: note},
        episodes=_episodes(result, summary),
        files=[*_own_files(root, result), *extra_files],
    )


def trained_folder(root: Path, result: LockedResult) -> Path | None:
    """Where the learner's parameters are; None for a baseline, which has none."""
    if result.stage("meta_train") is None:
        return None
    return root / TRAINED / result.dataset / result.learner / result.arm


def _params(
    result: LockedResult,
    trained: Path | None,
    summary: Mapping[str, Any],
    metrics: Mapping[str, float],
) -> dict[str, str]:
    """Settings with dotted names; what tells runs apart comes first in the alphabet."""
    first = result.chain[0]
    settings = read_json(trained / "learner.json")["settings"] if trained else result.grids
    settings |= {name: value for name, value in metrics.items() if name.startswith(TUNED)}
    settings |= {"seed": first.params["seed"], "episodes": summary["episodes"]}
    return {"arm": result.arm, "learner": result.learner} | dict(flat(settings))


def flat(settings: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Settings with dotted names, values as text."""
    for name, value in settings.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{prefix}{name}.")
        elif isinstance(value, list):
            yield f"{prefix}{name}", " ".join(map(str, value))
        else:
            yield f"{prefix}{name}", str(value)


def _tags(root: Path, result: LockedResult, summary: Mapping[str, Any]) -> dict[str, str]:
    tags = {
        KEY_TAG: result.key,
        "dvc.stage": result.chain[0].name,
        "dataset": result.dataset,
        "learner": result.learner,
        "arm": result.arm,
        "manifest.validation": summary["manifest_validation"],
        "manifest.test": summary["manifest_test"],
        COLOUR_TAG: colour(result.learner, result.arm),
        "mlflow.source.type": "LOCAL",
        "mlflow.source.name": result.chain[0].command,
    }
    return tags | commit_tags(root)


def _note(result: LockedResult, metrics: Mapping[str, float], score: Score) -> str:
    """The note at the top of the run's page."""
    after, low, high, before, permuted, chance = (
        f"{metrics[name]:.1%}"
        for name in (
            "accuracy",
            "accuracy_low",
            "accuracy_high",
            "accuracy_before",
            "accuracy_permuted",
            "chance",
        )
    )
    return (
        f"**{result.name}** on the frozen test episodes of `{result.dataset}`: "
        f"{score.name} **{after}** (confidence interval {low} to {high}). Before adaptation "
        f"{before}, with permuted support labels {permuted}, knowing nothing {chance}."
    )


def _episodes(result: LockedResult, summary: Mapping[str, Any]) -> list[LoggedData]:
    folder = (PREPARED / result.dataset).as_posix()
    source, profile = json.dumps({"uri": folder}), json.dumps(summary)
    examples = result.outs[f"{folder}/examples.npz"]
    tested = summary["manifest_test"][:32]  # MLflow stores no longer digest
    return [
        LoggedData(result.dataset, "training", examples, source, profile),
        LoggedData(f"{result.dataset}-test-episodes", "testing", tested, source, profile),
    ]


def _own_files(root: Path, result: LockedResult) -> Iterator[tuple[Path, str]]:
    """Outputs of the result's own stages; parameters travel inside the model instead."""
    for stage in result.own_stages:
        for path in sorted(stage.outs):
            if not path.endswith(".safetensors"):
                yield root / path, Path(path).parts[1]


def _extra_files(
    root: Path, extras: Iterable[LockedStage], result: LockedResult
) -> Iterator[tuple[Path, str]]:
    """Pictures of every feature map that encoded the same data set, and the report.

    Only files whose checksums are those of dvc.lock: others were made for other results.
    """
    for stage in extras:
        read = stage.deps.get(EVALUATED.as_posix())
        if read is not None and read != checksum(root / EVALUATED):
            continue  # a report on other results
        for path in map(Path, stage.outs):
            plot = path.parts[1:3] == ("encoded", result.dataset) and path.name in OF_MAPS
            if (plot or path in (REPORT, VERDICTS)) and checksum(root / path) == stage.outs[
                path.as_posix()
            ]:
                yield root / path, f"plots/{path.parent.name}" if plot else ""
