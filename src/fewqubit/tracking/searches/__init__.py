"""Finished searches in MLflow: a run for each searched arm, with a nested run for each trial."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from fewqubit.tracking.address import tracking_uri
from fewqubit.tracking.database.mend import mend
from fewqubit.tracking.reach import reach
from fewqubit.tracking.searches.record import SearchRecord, read_search
from fewqubit.tracking.store import known_keys, sole_writer

SEARCHES = Path("artifacts/searches")


class SearchSummary(NamedTuple):
    """The names of the searches that were logged, and lines on what had to be put right first."""

    logged: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def mirror_searches(root: Path) -> SearchSummary:
    """Log every finished search in ``root`` that MLflow does not know.

    A search that went on has a new run. Raises ArtifactError if a file of a search is damaged, and
    PipelineError if MLflow does not answer.
    """
    uri = tracking_uri(root)
    found = [
        read_search(root, path.parent)
        for path in sorted((root / SEARCHES).glob("*/*/*/search.json"))
    ]
    if not found:
        return SearchSummary()
    reach(uri)
    notes, known = mend(root), known_keys(uri)
    fresh = [search for search in found if search.key not in known]
    if not fresh:
        return SearchSummary(notes=notes)
    # mlflow takes seconds to import, so it waits until there is something to write
    from fewqubit.tracking.database.schema import make_current

    changed = make_current(root)
    notes += () if changed is None else (changed,)
    return SearchSummary(_write(root, uri, found if changed else fresh), notes)


def _write(root: Path, uri: str, fresh: Sequence[SearchRecord]) -> tuple[str, ...]:
    from fewqubit.tracking import client
    from fewqubit.tracking.searches import write

    with sole_writer(root, uri), client.connected(uri) as connection:
        known = known_keys(uri)  # another process may have been here meanwhile
        new = [search for search in fresh if search.key not in known]
        for search in new:
            write.log(connection, root, search)
    return tuple(f"{search.card['dataset']}/{search.name}" for search in new)
