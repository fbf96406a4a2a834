"""Which champion was chosen on other data than there is now: it must not be served any longer."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from fewqubit.tracking.address import (
    CHAMPION,
    EPISODES,
    experiment_name,
    first_task_name,
    sqlite_file,
)
from fewqubit.tracking.store import reading

SUMMARY = "artifacts/prepared/{}/summary.json"

_QUERY = (
    "select a.name, t.value from registered_model_aliases a join model_version_tags t "
    "on t.name = a.name and t.version = a.version where a.alias = ? and t.key = ?"
)


def outdated(root: Path, uri: str, datasets: Iterable[str]) -> dict[str, str]:
    """Registered models whose champion was chosen on other data; the episodes of the present."""
    chosen = _chosen(uri)
    present = dict(_present(root, datasets)) if chosen else {}
    return {name: now for name, now in present.items() if chosen.get(name, now) != now}


def _present(root: Path, datasets: Iterable[str]) -> Iterator[tuple[str, str]]:
    from fewqubit.base.io.files import read_json  # numpy with it: only where a champion is

    for dataset in sorted(set(datasets)):
        summary = root / SUMMARY.format(dataset)
        if summary.is_file():
            episodes = str(read_json(summary)["manifest_validation"])
            yield experiment_name(dataset), episodes
            yield first_task_name(dataset), episodes


def _chosen(uri: str) -> dict[str, str]:
    """Registered model → what its champion was validated on."""
    database = sqlite_file(uri)
    if database is None:
        # mlflow takes seconds to import: only where nothing else can ask the store
        from fewqubit.tracking.remote import remote_champions

        return remote_champions(uri)
    if not database.exists():
        return {}
    with reading(database) as rows:
        return dict(rows.execute(_QUERY, (CHAMPION, EPISODES)).fetchall())
