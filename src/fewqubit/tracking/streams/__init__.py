"""Walks through streams in MLflow: a run for each, versions of one model, a gate between them."""

from collections.abc import Sequence
from pathlib import Path

from fewqubit.base.reading import read_yaml
from fewqubit.tracking.address import tracking_uri
from fewqubit.tracking.checksums import checksum
from fewqubit.tracking.database.mend import mend
from fewqubit.tracking.reach import reach
from fewqubit.tracking.results import read_stages
from fewqubit.tracking.store import Mirrored, known_keys, sole_writer
from fewqubit.tracking.streams.locked import LockedWalk, locked_walks


def mirror_streams(root: Path) -> Mirrored:
    """Log every walk of ``root``'s run that MLflow does not know, and ask the gate.

    Raises ArtifactError: a file of a walk is damaged; PipelineError: MLflow does not answer.
    """
    run = read_yaml(root / "params.yaml").get("run", {})
    found = [*locked_walks(read_stages(root), run)]
    if not found:
        return Mirrored()
    uri = tracking_uri(root)
    reach(uri)
    notes, known = mend(root), known_keys(uri)
    fresh = [walk for walk in found if walk.key not in known]
    sound = [walk for walk in fresh if checksum(root / walk.path) == walk.stage.outs[walk.path]]
    skipped = tuple(
        f"{walk.stream}/{walk.name}: {walk.path} is not the folder that dvc.lock names; run "
        "`dvc checkout` or `dvc repro`"
        for walk in fresh
        if walk not in sound
    )
    n_known = len(found) - len(fresh)
    if not sound:
        return Mirrored((), n_known, skipped, notes)
    from fewqubit.tracking.database.schema import make_current  # and mlflow: takes seconds

    make_current(root)
    lines = _write(root, uri, sound)
    named = tuple(f"{walk.stream}/{walk.name}" for walk in sound)
    return Mirrored(named, n_known, skipped, (*notes, *lines))


def _write(root: Path, uri: str, sound: Sequence[LockedWalk]) -> list[str]:
    from fewqubit.tracking import client
    from fewqubit.tracking.registered.unfinished import discard_unfinished
    from fewqubit.tracking.streams import gate, write
    from fewqubit.tracking.streams.record import asked_names, read_walk
    from fewqubit.tracking.write import gate_of

    with sole_writer(root, uri), client.connected(uri) as connection:
        known = known_keys(uri)  # another process may have been here meanwhile
        fresh = [walk for walk in sound if walk.key not in known]
        discard_unfinished(connection, [walk.key for walk in fresh])
        asked, written = dict[str, str](), list[write.Written]()
        for walk in fresh:
            record = read_walk(root, walk)
            written.append(write.log(connection, root, record))
            asked[walk.model] = asked_names(record.card)[0]
        lines = list[str]()
        for name, episodes in asked.items():
            lines += gate.challenge_all(connection, name, episodes, gate_of(root))
        for run in written:  # a writer that is killed before has asked the gate in vain
            write.close(connection, run)
    return lines
