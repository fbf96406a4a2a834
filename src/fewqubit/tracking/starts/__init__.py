"""Starts of variational circuits in MLflow: a run for each start in each contest."""

from collections.abc import Sequence
from pathlib import Path

from fewqubit.base.reading import read_yaml
from fewqubit.tracking.address import tracking_uri
from fewqubit.tracking.checksums import checksum
from fewqubit.tracking.database.mend import mend
from fewqubit.tracking.reach import reach
from fewqubit.tracking.results import LockedStage, read_stages
from fewqubit.tracking.starts.locked import LockedEntry, fault, locked_entries
from fewqubit.tracking.store import Mirrored, known_keys, sole_writer


def mirror_starts(root: Path) -> Mirrored:
    """Log every start of ``root``'s run that MLflow does not know.

    Raises ArtifactError: a file is damaged; PipelineError: MLflow does not answer.
    """
    run, stages = read_yaml(root / "params.yaml").get("run", {}), read_stages(root)
    found = [*locked_entries(stages, run)]
    if not found:
        return Mirrored()
    uri = tracking_uri(root)
    reach(uri)
    notes, known = mend(root), known_keys(uri)
    fresh = [entry for entry in found if entry.key not in known]
    here = {path: checksum(root / path) for entry in fresh for path in entry.outs}
    faults = {f"{one.problem}/{one.start}": fault(one, here) for one in fresh}
    sound = [one for one in fresh if faults[f"{one.problem}/{one.start}"] is None]
    if sound:
        from fewqubit.tracking.database.schema import make_current  # and mlflow: takes seconds

        make_current(root)
        _write(root, uri, stages, sound)
    return Mirrored(
        tuple(f"{one.problem}/{one.start}" for one in sound),
        len(found) - len(fresh),
        tuple(f"{name}: {reason}" for name, reason in faults.items() if reason is not None),
        notes,
    )


def _write(
    root: Path, uri: str, stages: dict[str, LockedStage], sound: Sequence[LockedEntry]
) -> None:
    from fewqubit.tracking import client
    from fewqubit.tracking.registered.unfinished import discard_unfinished
    from fewqubit.tracking.starts.write import log

    with sole_writer(root, uri), client.connected(uri) as connection:
        known = known_keys(uri)  # another process may have been here meanwhile
        fresh = [entry for entry in sound if entry.key not in known]
        discard_unfinished(connection, [entry.key for entry in fresh])
        for entry in fresh:
            log(connection, root, entry, stages.get(f"report_starts@{entry.problem}"))
