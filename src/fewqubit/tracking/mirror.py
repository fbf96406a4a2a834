"""Mirror dvc.lock into MLflow: what is not there yet is written, all else is left alone."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from fewqubit.progress import Progress
from fewqubit.tracking.address import tracking_uri
from fewqubit.tracking.checksums import checksum
from fewqubit.tracking.results import Result, Stage, broken_link, read_stages, results
from fewqubit.tracking.store import known_keys, sole_writer


class MirrorSummary(NamedTuple):
    """What ``mirror`` did: runs it logged, results that had one, and why others have none."""

    uri: str
    logged: tuple[str, ...]
    known: int
    skipped: tuple[str, ...]


def mirror(root: Path) -> MirrorSummary:
    """Log a run for each result in ``root``'s dvc.lock that has none; calling again adds none.

    Raises ArtifactError if dvc.lock, a file of a result or the database cannot be read, and
    PipelineError if MLflow does not answer.
    """
    uri = tracking_uri(root)
    stages = read_stages(root)
    found = list(results(stages))
    known = known_keys(uri)
    sound, skipped = _examine(root, [result for result in found if result.key not in known])
    logged = _write(root, uri, stages, sound) if sound else ()
    return MirrorSummary(uri, logged, len(found) - len(sound) - len(skipped), skipped)


def _examine(root: Path, found: Sequence[Result]) -> tuple[list[Result], tuple[str, ...]]:
    """The results whose files are those that dvc.lock names; a line on each of the others."""
    paths = {path for result in found for path in result.outs}
    here = {path: checksum(root / path) for path in paths}
    faults = [_fault(result, here) for result in found]
    sound = [result for result, fault in zip(found, faults, strict=True) if fault is None]
    skipped = tuple(
        f"{result.dataset}/{result.name}: {fault}"
        for result, fault in zip(found, faults, strict=True)
        if fault is not None
    )
    return sound, skipped


def _fault(result: Result, here: Mapping[str, str | None]) -> str | None:
    """Why the files with checksums ``here`` are not the locked result; None if they are."""
    stale = broken_link(result)
    if stale is not None:
        return f"{stale} changed after it was read; run `dvc repro`"
    for path, md5 in result.outs.items():
        if here[path] is None:
            return f"{path} is missing; run `dvc checkout` or `dvc repro`"
        if here[path] != md5:
            return f"{path} is not the file that dvc.lock names; run `dvc checkout` or `dvc repro`"
    return None


def _write(
    root: Path, uri: str, stages: Mapping[str, Stage], sound: Sequence[Result]
) -> tuple[str, ...]:
    """Log those of ``sound`` that no other process logged meanwhile; their names."""
    # mlflow takes seconds to import, so it waits until there is something to write
    from fewqubit.tracking import client, write

    with sole_writer(root, uri), client.speaking_to(uri):
        connection = client.connect(uri)
        known = known_keys(uri)
        fresh = [result for result in sound if result.key not in known]
        client.discard_unfinished(connection, [result.key for result in fresh])
        progress = Progress("track", len(fresh), "run")
        for number, result in enumerate(fresh, start=1):
            write.log(connection, root, stages, result)
            progress.update(number)
    return tuple(f"{result.dataset}/{result.name}" for result in fresh)
