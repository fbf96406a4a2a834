"""Foreign queries, of none of a task's classes: how well every arm detected them."""

from collections.abc import Iterator

from fewqubit.report.gather import Result, Study
from fewqubit.report.words import percent

KINDS = {"foreign": "other test classes", "out_of_scope": "classes out of scope"}


def foreign_lines(study: Study) -> Iterator[str]:
    """A line for each kind of foreign queries, with all arms and baselines that met some."""
    for what, meaning in KINDS.items():
        rows = [row for row in study.results if f"{what}_auroc" in row.metrics]
        if rows:
            yield f"None of these, against {meaning}: {'; '.join(_of(row, what) for row in rows)}."


def _of(row: Result, what: str) -> str:
    """AUROC, and false alarms at the threshold with its recall."""
    auroc, alarms = (row.metrics[f"{what}_{name}"] for name in ("auroc", "false_alarms"))
    kept = percent(row.metrics["own_recall"])
    return f"{row.name} AUROC {percent(auroc)}, {percent(alarms)} false alarms at {kept} recall"
