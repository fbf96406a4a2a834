"""Where a person looks at the runs: MLflow's comparison page of each data set."""

import sqlite3
from contextlib import closing
from pathlib import Path

from fewqubit.tracking.store import experiment_name, sqlite_file, tracking_uri

ADDRESS = "http://127.0.0.1:5000"
COMPARISON = "#/experiments/{}/runs?workflowType=machine_learning&compareRunsMode=CHART"


def comparison_links(root: Path, address: str = ADDRESS) -> dict[str, str]:
    """The comparison page of each mirrored data set, by experiment, on the server at ``address``.

    Read from the SQLite file without importing mlflow; empty for any other kind of store, and
    before the first run.
    """
    database = sqlite_file(tracking_uri(root))
    if database is None or not database.exists():
        return {}
    query = (
        "select name, experiment_id from experiments "
        "where name like ? and lifecycle_stage = 'active' order by name"
    )
    with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as rows:
        found = rows.execute(query, (experiment_name("%"),)).fetchall()
    return {name: f"{address}/{COMPARISON.format(number)}" for name, number in found}
