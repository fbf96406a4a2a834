"""Folds as tables, and the mean over them."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from benchmarks.intents.folds import SHOTS


def page(name: str, rows: list[dict[str, Any]]) -> str:
    """The rows as tables of Markdown: for each number of shots the folds, and their mean."""
    commits = ", ".join(sorted({row["commit"] for row in rows}))
    return "\n".join([f"# {name}", "", f"Commit {commits}.", *_tables(rows)]) + "\n"


def _tables(rows: list[dict[str, Any]]) -> Iterator[str]:
    arms, own = [*rows[0]["verdicts"]], rows[0]["shots"]
    for shots in SHOTS:
        columns = [*rows[0]["accuracy"][str(shots)]]
        head = [*columns, *(f"quantum − {arm}, in points" for arm in arms if shots == own)]
        yield from ("", f"## {shots}-shot", "", f"| fold | {' | '.join(head)} |")
        yield "|" + "---|" * (len(head) + 1)
        for row in rows:
            cells = [f"{row['accuracy'][str(shots)][one]:.2%}" for one in columns]
            cells += [_cell(row["verdicts"][arm]) for arm in arms if shots == own]
            yield f"| {row['dataset'].rpartition('_')[2]} | {' | '.join(cells)} |"
        means = [np.mean([row["accuracy"][str(shots)][one] for row in rows]) for one in columns]
        cells = [*(f"**{one:.2%}**" for one in means), *([""] * (len(head) - len(columns)))]
        yield f"| mean | {' | '.join(cells)} |"


def _cell(verdict: dict[str, Any]) -> str:
    ends = f"{100 * verdict['low']:+.2f} … {100 * verdict['high']:+.2f}"
    return f"{verdict['word']} ({100 * verdict['difference']:+.2f}; {ends})"
