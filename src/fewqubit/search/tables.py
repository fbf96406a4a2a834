"""What a search found, for the terminal."""

from collections.abc import Mapping, Sequence

from rich.table import Table

from fewqubit.search.grover import GroverQueries
from fewqubit.search.results import Found

NO_SPEED_UP = (
    "Queries are looks at a loss. The simulated oracle is drawn up from the losses that it "
    "searches: all were measured before, so nothing is saved here."
)


def outcomes(title: str, found: Sequence[Found]) -> Table:
    """A row for each arm; accuracies are on validation episodes."""
    table = _table(f"{title}: validation accuracy", "arm", "best", "median", "trials", "time")
    table.add_column("best values", overflow="fold")
    for arm in found:
        figures = (f"{arm.best:.1%}", f"{arm.median:.1%}", str(arm.trials), f"{arm.seconds:.0f} s")
        values = ", ".join(f"{name} {_plain(value)}" for name, value in arm.values.items())
        table.add_row(arm.arm, *figures, values)
    return table


def comparison(arms: Mapping[str, GroverQueries]) -> Table:
    """A row for each arm: queries of Grover's search and of ordinary ones."""
    table = _table(
        "queries to the least loss",
        *("arm", "entries", "grover sees it", "grover stops", "share right", "grid", "random"),
    )
    for arm, row in arms.items():
        queries = (f"{row.until:.1f}", f"{row.stop:.1f}", f"{row.found:.0%}")
        table.add_row(arm, str(row.entries), *queries, str(row.grid), f"{row.random:.1f}")
    return table


def _table(title: str, *names: str) -> Table:
    table = Table(title=title, title_justify="left")
    for name in names:
        table.add_column(name, justify="left" if name == "arm" else "right")
    return table


def _plain(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
