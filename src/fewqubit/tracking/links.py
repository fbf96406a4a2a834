"""Where a person finds the comparison of runs in MLflow's pages."""

from pathlib import Path

from fewqubit.tracking.address import experiment_name, sqlite_file, tracking_uri, without_login
from fewqubit.tracking.reach import reach
from fewqubit.tracking.store import reading
from fewqubit.tracking.view import PAGE

LOCAL = "http://127.0.0.1:5000"  # where `fewqubit mlflow` serves


def comparison_links(root: Path, address: str = LOCAL) -> dict[str, str]:
    """The address of the comparison page of each experiment; none before anything was mirrored.

    ``address`` is where a local database is served; a server has an address of its own.
    """
    uri = tracking_uri(root)
    database = sqlite_file(uri)
    if database is None:
        # mlflow takes seconds to import: only where nothing else can ask the store
        from fewqubit.tracking.remote import remote_experiments

        reach(uri)
        numbers, address = remote_experiments(uri), without_login(uri)
    else:
        numbers = _experiments_in(database)
    return {name: f"{address.rstrip('/')}/{PAGE.format(numbers[name])}" for name in numbers}


def _experiments_in(database: Path) -> dict[str, str]:
    query = "select name, experiment_id from experiments where name like ? and lifecycle_stage = ?"
    if not database.exists():
        return {}
    with reading(database) as rows:
        found = rows.execute(query, (f"{experiment_name('')}%", "active"))
        return {name: str(number) for name, number in found}
