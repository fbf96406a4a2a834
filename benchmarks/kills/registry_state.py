"""What MLflow's database says, apart from numbers, times and places that differ from run to run."""

import re
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from fewqubit.tracking.address import CHAMPION, DATABASE, KEY_TAG

WALL_TIME = "cost/seconds"
_VERSION = re.compile(r"\bversion (\d+)")
_VERSIONS = (
    "select name, version, run_id, description from model_versions "
    "where current_stage != 'Deleted_Internal' order by name, version"
)
_RUNS = (
    "select r.run_uuid, t.value, r.status, r.name from runs r join tags t using (run_uuid) "
    "where t.key = ? and r.lifecycle_stage = 'active'"
)


def registry_state(project: Path) -> dict[str, Any]:
    """Runs by their key, with status and figures; versions in their order, with tags and aliases.

    A version that was deleted leaves a gap in the numbers, so they are counted anew, in texts too.
    """
    with closing(_open(project)) as rows:
        runs = rows.execute(_RUNS, (KEY_TAG,)).fetchall()
        keys = {run: key for run, key, _, _ in runs}
        ranks = dict[tuple[str, int], int]()
        found = rows.execute(_VERSIONS).fetchall()
        for name, version, _, _ in found:
            ranks[name, version] = 1 + sum(known == name for known, _ in ranks)
        return {
            "runs": sorted(
                (key, status, name, _figures(rows, run)) for run, key, status, name in runs
            ),
            "versions": [
                (name, ranks[name, version], keys.get(run), text, _tags(rows, name, version, ranks))
                for name, version, run, text in found
            ],
            "aliases": sorted(
                (name, alias, ranks[name, version]) for name, alias, version in _aliases(rows)
            ),
        }


def progress(project: Path) -> tuple[int, int, tuple[tuple[str, int], ...]]:
    """How many versions there ever were, how many decisions, and who is champion of what.

    Cheap, and harmless to a writer: nothing where the database is held just now.
    """
    try:
        with closing(_open(project)) as rows:
            (versions,) = rows.execute("select count(*) from model_versions").fetchone()
            decisions = rows.execute(
                "select count(*) from model_version_tags where key = 'gate.decision'"
            ).fetchone()[0]
            champions = [(n, v) for n, alias, v in _aliases(rows) if alias == CHAMPION]
    except sqlite3.OperationalError:
        return 0, 0, ()
    return versions, decisions, tuple(sorted(champions))


def _open(project: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{project / DATABASE}?mode=ro", uri=True, timeout=0.2)


def _aliases(rows: sqlite3.Connection) -> list[tuple[str, str, int]]:
    return rows.execute("select name, alias, version from registered_model_aliases").fetchall()


def _figures(rows: sqlite3.Connection, run: str) -> list[tuple[str, float, int]]:
    query = (
        "select key, value, step from latest_metrics where run_uuid = ? and key != ? order by key"
    )
    return [(key, value, step) for key, value, step in rows.execute(query, (run, WALL_TIME))]


def _tags(
    rows: sqlite3.Connection, name: str, version: int, ranks: Mapping[tuple[str, int], int]
) -> dict[str, str]:
    query = "select key, value from model_version_tags where name = ? and version = ?"
    tags = dict(rows.execute(query, (name, version)).fetchall())

    def renumbered(text: str) -> str:
        return _VERSION.sub(lambda found: f"version {ranks.get((name, int(found[1])))}", text)

    return {
        key: str(ranks.get((name, int(value)))) if key == "gate.before" else renumbered(value)
        for key, value in sorted(tags.items())
    }
