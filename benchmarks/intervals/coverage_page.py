"""The page of the coverage study: tables of what was counted, and what they say."""

from collections.abc import Mapping, Sequence
from math import sqrt

Cells = Mapping[str, Mapping[str, float]]

LEAST, MOST = 0.935, 0.05  # coverage and family-wise error that are asked for

HEADER = """# How often intervals cover, and verdicts err

Made by `python -m benchmarks.intervals.coverage`: {studies} simulated studies in each cell. A study
has some learners, each a quantum arm and a twin; both arms have seeds and 200 test episodes, shared
by the seeds, with noise of the same shape and no true difference. Episodes are resampled 300 times,
in the second table 1000 times; 2000 times by default in a run. *Covers*: share of the intervals
of 95 % that hold the true difference, 0. *Errs*: share of the studies that call any learner
*better* or *worse* after Holm's correction. Asked for: at least 93.5 % and at most 5 %, within two
standard errors of the count ({error:.1f} points for an error of 5 %). {passed} of {n} cells have
both.
"""
TABLES = {
    "seeds": "Seeds cause most of the uncertainty (standard deviations of an arm's seeds, episodes "
    "and rest: 1.5, 5 and 10 points)",
    "episodes": "Episodes cause most of it (0.5, 6 and 10 points)",
}
FEWEST = "## The fewest episodes: 30, one learner, episodes cause most"
LIMITS = """## Where it ends

One arm alone has seeds of such a shape, spread by 5 points; the other's do not differ at all. The
difference is then skewed, and no interval from a few values knows how far: this is why seeds that
fail are counted apart, and why their rate has an interval of its own. Coverage in per cent:
"""
CLASSES = """## New classes

Coverage of the mean over *new classes*, in per cent, with known effects of class, seed, episode and
their pairs; 200 episodes of five classes. In brackets: the interval that takes the tested classes
for all there are.
"""
SPREADS = {
    "none": "classes do not differ",
    "small": "classes: 3 points; seed × class: 2",
    "large": "classes: 10 points; seed × class: 3",
    "of each seed": "classes: 2 points; seed × class: 6",
}
POWER = """## Power

How often a true difference of one learner is called *better* or *worse*, in per cent, where the
others have none. Seeds of an arm spread by 1.5 points.

![Power against the true difference](interval_power.svg)
"""


def page(cells: Cells, studies: int) -> str:
    """Markdown of all tables."""
    null = {name: cell for name, cell in cells.items() if name.split("/")[0] in TABLES}
    passed = sum(_holds(name, cell, studies) for name, cell in null.items())
    error = 200 * sqrt(MOST * (1 - MOST) / studies)
    parts = [HEADER.format(studies=studies, error=error, passed=passed, n=len(null))]
    for most, title in TABLES.items():
        parts.append(f"## {title}\n\n{_null_table(cells, most)}")
    parts.append(f"{FEWEST}\n\n{_by_seeds(cells, 'fewest')}")
    parts.append(f"{LIMITS}\n{_by_seeds(cells, 'limits')}")
    parts.append(f"{CLASSES}\n{_class_table(cells)}")
    parts.append(f"{POWER}\n{_power_table(cells)}")
    return "\n".join(parts)


def _holds(name: str, cell: Mapping[str, float], studies: int) -> bool:
    """Both counts are what is asked for, or within two standard errors of it."""
    learners = int(name.split("/")[-1])
    of_cover, of_error = (
        2 * sqrt(rate * (1 - rate) / n)
        for rate, n in ((LEAST, studies * learners), (MOST, studies))
    )
    return cell["coverage"] >= LEAST - of_cover and cell["error"] <= MOST + of_error


def _null_table(cells: Cells, most: str) -> str:
    """Shapes in rows, seeds × learners in columns: coverage / error."""
    rows, columns = _places(cells, most)
    body = [
        (shape, *(_both(cells["/".join((most, shape, *column))]) for column in columns))
        for shape in rows
    ]
    head = [f"{seeds} seeds, {learners}" for seeds, learners in columns]
    return "Learners behind the comma; *covers* / *errs* in per cent.\n\n" + _table(
        ["shape of the noise", *head], body
    )


def _both(cell: Mapping[str, float]) -> str:
    return f"{_percent(cell['coverage'])} / {_percent(cell['error'])}"


def _by_seeds(cells: Cells, kind: str) -> str:
    rows, columns = _places(cells, kind)
    body = [
        (shape, *(_percent(cells[f"{kind}/{shape}/{seeds}"]["coverage"]) for (seeds,) in columns))
        for shape in rows
    ]
    return _table(["shape of the noise", *(f"{seeds} seeds" for (seeds,) in columns)], body)


def _class_table(cells: Cells) -> str:
    rows, columns = _places(cells, "classes")
    body = []
    for kind in rows:
        of = [cells["/".join(("classes", kind, *column))] for column in columns]
        texts = [f"{_percent(c['coverage'])} ({_percent(c['without'])})" for c in of]
        body.append((SPREADS[kind], *texts))
    head = [f"{seeds} seeds, {n} classes" for seeds, n in columns]
    return _table(["standard deviations", *head], body)


def _power_table(cells: Cells) -> str:
    names = [tuple(name.split("/")[1:]) for name in cells if name.startswith("power/")]
    sizes, effects = dict.fromkeys(n[:2] for n in names), dict.fromkeys(n[2] for n in names)
    body = [
        (
            *size,
            *(_percent(cells["/".join(("power", *size, effect))]["power"]) for effect in effects),
        )
        for size in sizes
    ]
    return _table(
        ["seeds", "learners", *(f"{100 * float(effect):g} points" for effect in effects)], body
    )


def _places(cells: Cells, kind: str) -> tuple[list[str], list[tuple[str, ...]]]:
    """Names of rows and of columns of the cells of one kind, in order."""
    names = [name.split("/")[1:] for name in cells if name.startswith(f"{kind}/")]
    return [*dict.fromkeys(n[0] for n in names)], [*dict.fromkeys(tuple(n[1:]) for n in names)]


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "".join("| " + " | ".join(cells) + " |\n" for cells in lines)
