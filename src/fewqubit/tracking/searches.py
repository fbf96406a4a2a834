"""Finished searches in MLflow: a run for each searched arm, and within it a run for each trial."""

from collections.abc import Sequence
from pathlib import Path

from fewqubit.tracking.address import tracking_uri
from fewqubit.tracking.search_record import Search, read_search
from fewqubit.tracking.store import known_keys, sole_writer

SEARCHES = Path("artifacts/searches")


def mirror_searches(root: Path) -> tuple[str, ...]:
    """Log every finished search in ``root`` that MLflow does not know; their names.

    A search that went on has a new run. Raises ArtifactError if a file of a search is damaged, and
    PipelineError if MLflow does not answer.
    """
    uri = tracking_uri(root)
    found = [
        read_search(path.parent) for path in sorted((root / SEARCHES).glob("*/*/*/search.json"))
    ]
    known = known_keys(uri) if found else frozenset()
    return _write(root, uri, [search for search in found if search.key not in known])


def _write(root: Path, uri: str, fresh: Sequence[Search]) -> tuple[str, ...]:
    if not fresh:
        return ()
    # mlflow takes seconds to import, so it waits until there is something to write
    from fewqubit.tracking import client, write_search

    with sole_writer(root, uri), client.speaking_to(uri):
        connection = client.connect(uri)
        known = known_keys(uri)  # another process may have been here meanwhile
        new = [search for search in fresh if search.key not in known]
        for search in new:
            write_search.log(connection, root, search)
    return tuple(f"{search.card['dataset']}/{search.name}" for search in new)
