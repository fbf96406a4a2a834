"""One start in one contest becomes a run."""

from collections.abc import Iterator
from pathlib import Path

from mlflow import MlflowClient
from mlflow.entities import Metric, Param

from fewqubit.tracking.address import KEY_TAG
from fewqubit.tracking.checksums import checksum
from fewqubit.tracking.client import known_experiment, new_experiment
from fewqubit.tracking.commit import commit_tags
from fewqubit.tracking.record import NOTE, flat
from fewqubit.tracking.results import LockedStage
from fewqubit.tracking.starts.locked import LockedEntry
from fewqubit.tracking.starts.record import StartRecord, figures, note, read_start
from fewqubit.tracking.times import milliseconds, span

EXPERIMENT_NOTE = """\
Each run is a start of a variational circuit, learned or an opponent, on the same test problems.
`start/error` has the step of the descent as its step. The page of the contest, with verdicts and
the figure of error against circuits, is among the files.
"""


def log(client: MlflowClient, root: Path, entry: LockedEntry, report: LockedStage | None) -> None:
    """Write the run of a start; killed in here, it is written again in place of what is left."""
    record = read_start(root, entry)
    times = [span(root, stage) for stage in (entry.trained, entry.tested)]
    start, end = (milliseconds(one) for one in (times[0].start, times[1].end))
    experiment = _experiment(client, root, entry.experiment)
    tags = commit_tags(root) | _tags(entry, record)
    run_id = client.create_run(experiment, min(start, end), tags, entry.start).info.run_id
    client.log_batch(run_id, params=_params(entry, record)[:100])
    metrics = [Metric(one.name, round(one.value, 9), end, one.step) for one in figures(record)]
    for first in range(0, len(metrics), 1000):
        client.log_batch(run_id, metrics=metrics[first : first + 1000])
    for path, place in _files(root, entry, report):
        client.log_artifact(run_id, str(path), place or None)
    client.set_terminated(run_id, "FINISHED", end)


def _experiment(client: MlflowClient, root: Path, name: str) -> str:
    tags = {NOTE: EXPERIMENT_NOTE}
    return known_experiment(client, name) or new_experiment(client, root, name, tags)


def _tags(entry: LockedEntry, record: StartRecord) -> dict[str, str]:
    return {
        KEY_TAG: entry.key,
        NOTE: note(entry, record),
        "dvc.stage": entry.tested.name,
        "problem": entry.problem,
        "start": entry.start,
        "instances": str(record.problems["instances"]),
        "mlflow.source.type": "LOCAL",
        "mlflow.source.name": entry.tested.command,
    }


def _params(entry: LockedEntry, record: StartRecord) -> list[Param]:
    """Settings that distinguish runs come first."""
    tuned = {"rule": record.tuned["rule"], "rate": record.tuned["rate"]}
    values = {
        "start": {"name": entry.start, **record.card["settings"]},
        "descent": tuned,
        "seed": entry.tested.params["seed"],
        **record.problems["settings"],
    }
    return [Param(name, value) for name, value in flat(values)]


def _files(
    root: Path, entry: LockedEntry, report: LockedStage | None
) -> Iterator[tuple[Path, str]]:
    """What was learned and measured; the contest's page, if it was made of these paths."""
    for stage, place in ((entry.trained, "trained"), (entry.tested, "tested")):
        yield from ((root / path, place) for path in sorted(stage.outs))
    if report is None:
        return
    read = f"artifacts/contests/{entry.problem}"
    if report.deps.get(read) == checksum(root / read):
        for path, md5 in sorted(report.outs.items()):
            if checksum(root / path) == md5:
                yield root / path, "report"
