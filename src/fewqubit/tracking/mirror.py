"""Mirror dvc.lock into MLflow: write what is missing and leave everything else alone."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from fewqubit.base.io.progress import Progress
from fewqubit.tracking.address import shown, tracking_uri
from fewqubit.tracking.checksums import checksum
from fewqubit.tracking.database.mend import mend
from fewqubit.tracking.reach import reach
from fewqubit.tracking.registered.champions import outdated
from fewqubit.tracking.results import (
    LockedResult,
    LockedStage,
    broken_link,
    of_run,
    read_axes,
    read_stages,
    results,
    shared_stages,
)
from fewqubit.tracking.starts import mirror_starts
from fewqubit.tracking.store import known_keys, sole_writer
from fewqubit.tracking.streams import mirror_streams


class MirrorSummary(NamedTuple):
    """What ``mirror`` did: runs it logged, results that had one, and why others have none.

    ``uri`` holds no secret; ``notes`` are lines on what had to be put right first.
    """

    uri: str
    logged: tuple[str, ...]
    known: int
    skipped: tuple[str, ...]
    notes: tuple[str, ...] = ()


def mirror(root: Path) -> MirrorSummary:
    """Log a run for each result, walk and start of ``root``'s run that has none.

    Calling again adds none. Raises as ``mirror_results``, ``mirror_streams`` and ``mirror_starts``.
    """
    summary = mirror_results(root)
    for part in (mirror_streams(root), mirror_starts(root)):
        summary = summary._replace(
            logged=summary.logged + part.logged,
            known=summary.known + part.known,
            skipped=summary.skipped + part.skipped,
            notes=summary.notes + part.notes,
        )
    return summary


def mirror_results(root: Path) -> MirrorSummary:
    """Log a run for each result of ``root``'s run that has none; calling again adds none.

    Raises ArtifactError if dvc.lock, a file of a result or the database cannot be read,
    SettingsError if params.yaml cannot, and PipelineError if MLflow does not answer.
    """
    uri = tracking_uri(root)
    stages, run = read_stages(root), read_axes(root / "params.yaml")
    found = list(of_run(results(stages), run))
    if not found:
        return MirrorSummary(shown(uri), (), 0, ())
    reach(uri)
    notes = mend(root)
    known = known_keys(uri)
    sound, skipped = _examine(root, [result for result in found if result.key not in known])
    logged: tuple[str, ...] = ()
    if sound or outdated(root, uri, run.datasets):
        # mlflow takes seconds to import, so it waits until there is something to write
        from fewqubit.tracking.database.schema import make_current

        changed = make_current(root)
        if changed is not None:  # other keys may be known now
            again = mirror_results(root)
            return again._replace(notes=(*notes, changed, *again.notes))
        logged, elected = _write(root, uri, [*shared_stages(stages, run)], sound, run.datasets)
        notes += elected
    n_known = len(found) - len(sound) - len(skipped)
    return MirrorSummary(shown(uri), logged, n_known, skipped, notes)


def _examine(
    root: Path, found: Sequence[LockedResult]
) -> tuple[list[LockedResult], tuple[str, ...]]:
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


def _fault(result: LockedResult, here: Mapping[str, str | None]) -> str | None:
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
    root: Path,
    uri: str,
    extras: Sequence[LockedStage],
    sound: Sequence[LockedResult],
    datasets: Collection[str],
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Log those of ``sound`` that no other process logged meanwhile, and choose champions again.

    The names of the results, and lines: what the gate decided, champions of other data that had to
    go, baselines that are ahead.
    """
    from fewqubit.tracking import client, write
    from fewqubit.tracking.registered import gate, registry
    from fewqubit.tracking.registered.unfinished import discard_unfinished

    with sole_writer(root, uri), client.connected(uri) as connection:
        known = known_keys(uri)
        fresh = [result for result in sound if result.key not in known]
        discard_unfinished(connection, [result.key for result in fresh])
        progress, lines = Progress("track", len(fresh), "run"), list[str]()
        # the best on validation first: without a champion, who comes first becomes it
        ordered = sorted(fresh, key=lambda result: -write.validated(root, result))
        last = dict[str, write.Written]()  # of each data set; open until all has been asked
        for number, result in enumerate(ordered, start=1):
            if result.dataset in last:
                write.close(connection, last[result.dataset])
            last[result.dataset] = write.log(connection, root, extras, result)
            lines += last[result.dataset].lines
            progress.update(number)
        gone = outdated(root, uri, datasets)
        lines += [registry.replace_champion(connection, *one) for one in gone.items()]
        for dataset, written in sorted(last.items()):
            lines += gate.baseline_ahead(connection, dataset, write.gate_of(root))
            write.close(connection, written)
    return tuple(f"{result.dataset}/{result.name}" for result in fresh), tuple(lines)
