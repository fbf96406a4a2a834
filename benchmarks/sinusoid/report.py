"""The results as a page, a record and a picture."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from benchmarks.sinusoid.run import GRID, KEY, Measured, frozen_tasks
from benchmarks.sinusoid.settings import ASKED, CONTESTANTS, VARIANCE, Study

from fewqubit.base.io.files import replacing
from fewqubit.base.keys import stream
from fewqubit.evaluate.failures import failed_seeds
from fewqubit.evaluate.intervals import distribution, episode_resamples, interval
from fewqubit.evaluate.opponent import united
from fewqubit.evaluate.verdict import Comparison, Verdict, alone, compare, verdicts

Results = Mapping[str, Measured]
SHOWN = (0, 1, 5, 10)
BOTH = "both"
HEADER = """# Sine waves, measured

Made by `python -m benchmarks.sinusoid`. Mean squared error on {n_test} frozen test tasks, the same
for all, {n_test_query} queries each; {seeds} training seeds; intervals of {confidence:.0%} over new
seeds and new tasks ([what that means](../../decisions/what-a-ci-means.md)). Every contestant is
trained {steps} steps of {tasks_per_step} tasks with {most} shots and {inner_steps} inner steps, at
the best of {cells} pairs of rates after {tuning_steps} steps, by {n_validation} validation tasks; a
pair at which a seed diverges later is passed over.

Asked beforehand: the error after {last} steps with {most} shots, of quantum against two opponents,
twin and mlp, at once: *better* takes both. A difference below {margin} would not matter. An error
above {ceiling:g}, or none where adaptation diverges, counts as {ceiling:g}. A seed failed if it
explains less than {failed_below:.0%} of the variance in the validation tasks: {failed}.

"""
QUESTION = """## Verdicts: quantum − other

After {last} steps with {most} shots; below zero quantum errs less, and is *better*. Quantum against
both opponents is the question; rows of an opponent are at the same level. The further comparisons
are a family of their own, in which p and intervals are corrected (Holm).

| family | other | difference | 95 % | p of a difference | p of equivalence | verdict |
| --- | --- | ---: | --- | ---: | ---: | --- |
"""
COST = """
## Rates and cost

{cores} cores, load average {load:.1f} at the end. Seconds: wall time of meta-training all seeds
side by side, compilation and validation included.

| | inner rate | outer rate | validation error there | at the other rates | s |
| --- | ---: | ---: | ---: | --- | ---: |
"""


def record(study: Study, results: Results) -> dict[str, Any]:
    """Every figure of the page."""
    further = [name for name in results if name not in (*ASKED, "quantum")]
    return {
        "study": asdict(study),
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        "contestants": {name: _contestant(study, of) for name, of in results.items()},
        "verdicts": [_asked(study, results), _family(study, results, further)],
    }


def page(study: Study, found: Mapping[str, Any]) -> str:
    """The record as Markdown."""
    words = {**asdict(study), "last": study.at[-1], "most": study.shots[-1]}
    words |= {"cells": len(study.inner_rates) * len(study.outer_rates), "failed": _failed(found)}
    tables = "".join(_table(study, found, n) for n in reversed(study.shots))
    asked = "".join(
        _row(family, name, *_verdict(row))
        for family, rows in zip(("asked", "further"), found["verdicts"], strict=True)
        for name, row in rows.items()
    )
    cost = "".join(_cost(name, row) for name, row in found["contestants"].items())
    head = COST.format(cores=found["cores"], load=found["load"])
    return HEADER.format(**words) + tables + QUESTION.format(**words) + asked + head + cost


def draw(path: Path, study: Study, results: Results) -> None:
    """Errors along the inner steps; and what some make of the first test task."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.2), layout="constrained")
    for name, of in results.items():
        means = of.errors[:, -1].mean((0, 2))
        left.semilogy(study.at, means, marker="o", markersize=3, label=name)
    left.set(xlabel="inner steps", ylabel="mean squared error", title=f"{study.shots[-1]} shots")
    left.legend(fontsize=7)
    first = [np.asarray(part[0]) for part in frozen_tasks(study)]
    order = np.argsort(first[2][:, 0])
    right.plot(first[2][order], first[3][order], "k:", label="truth, at the queries")
    right.plot(first[0], first[1], "k^", label="support")
    for name in ("quantum", *ASKED):
        right.plot(GRID, results[name].drawn, label=name)
    right.set(xlabel="x", title=f"first test task, {study.at[-1]} steps, seed 0")
    right.legend(fontsize=7)
    with replacing(path) as partial:
        figure.savefig(partial, format="png", dpi=110, metadata={"Software": None})
    plt.close(figure)


def _resamples(study: Study) -> np.ndarray:
    return episode_resamples(stream(KEY, "resamples"), study.n_test, study.resamples)


def _contestant(study: Study, of: Measured) -> dict[str, Any]:
    resamples = _resamples(study)
    errors: dict[str, Any] = {}
    for place, n in enumerate(study.shots):
        means = [distribution(of.errors[:, place, t], resamples) for t in study.at]
        ends = [interval(mean, study.confidence) for mean in means]
        errors[str(n)] = [
            {"mean": float(mean.estimate), "low": float(low), "high": float(high)}
            for mean, (low, high) in zip(means, ends, strict=True)
        ]
    return {
        "errors": errors,
        "parameters": int(of.parameters),
        "inner_rate": float(of.rates[0]),
        "outer_rate": float(of.rates[1]),
        "grid": [[_finite(figure) for figure in row] for row in of.grid],
        "seed_errors": of.errors[:, -1, -1].mean(-1).tolist(),
        "failed": int(failed_seeds(1 - of.validation / VARIANCE, 0.0, study.failed_below).sum()),
        "seconds": float(of.seconds),
    }


def _compared(
    study: Study, results: Results, names: Iterable[str], level: float
) -> dict[str, Comparison]:
    """Compared by −error, of which more is better; ``level``: how many it is shared by."""
    scores = {name: -of.errors[:, -1, -1] for name, of in results.items()}
    end = (_resamples(study), study.margin, study.confidence, level)
    return {name: compare(scores["quantum"], scores[name], *end) for name in names}


def _asked(study: Study, results: Results) -> dict[str, Any]:
    """Quantum against the better of its opponents, and against each of them."""
    rows = _compared(study, results, ASKED, 1)
    high = min(row.high_all for row in _compared(study, results, ASKED, len(ASKED)).values())
    row = united(rows)._replace(high=high, high_all=high)
    told = {BOTH: row._replace(low_all=row.low), **rows}
    return {name: _as_error(alone(one, study.confidence, 1)) for name, one in told.items()}


def _family(study: Study, results: Results, names: Sequence[str]) -> dict[str, Any]:
    """Quantum against each of ``names``, intervals at the level at which Holm tested them."""
    found = verdicts(_compared(study, results, names, 1), study.confidence)
    return {
        name: _as_error(one._replace(low=row.low_all, high=row.high_all))
        for name, one in found.items()
        for row in _compared(study, results, [name], one.multiplicity).values()
    }


def _as_error(row: Verdict) -> dict[str, Any]:
    of: Comparison = row.comparison
    return {
        "difference": -of.difference,
        "low": -row.high,
        "high": -row.low,
        "p_difference": row.p_difference,
        "p_equivalence": row.p_equivalence,
        "seed_share": of.seed_share,
        "word": row.word,
    }


def _table(study: Study, found: Mapping[str, Any], n: int) -> str:
    steps = [f"{t} step{'s' * (t > 1)}" for t in SHOWN[1:]]
    head = _row("", "what", "parameters", "before", *steps, f"95 % after {study.at[-1]}")
    lines = [
        _row(
            name,
            CONTESTANTS[name].says,
            row["parameters"],
            *(f"{row['errors'][str(n)][t]['mean']:.3f}" for t in SHOWN),
            _between(row["errors"][str(n)][-1]),
        )
        for name, row in found["contestants"].items()
    ]
    rule = "| --- | --- |" + " ---: |" * 5 + " --- |\n"
    return f"## {n} shots\n\n" + head + rule + "".join(lines) + "\n"


def _verdict(row: Mapping[str, Any]) -> tuple[str, ...]:
    p = [f"{row[name]:.2g}" for name in ("p_difference", "p_equivalence")]
    return f"{row['difference']:+.3f}", _between(row, "+"), *p, f"**{row['word']}**"


def _cost(name: str, row: Mapping[str, Any]) -> str:
    chosen = (row["inner_rate"], row["outer_rate"])
    errors = {(inner, outer): error for inner, outer, error in row["grid"]}
    best, *others = (_number(errors.pop(chosen)), *map(_number, errors.values()))
    outer = f"{chosen[1]:g}" if CONTESTANTS[name].learns else ""
    return _row(name, f"{chosen[0]:g}", outer, best, ", ".join(others), f"{row['seconds']:.0f}")


def _failed(found: Mapping[str, Any]) -> str:
    failed = {name: row["failed"] for name, row in found["contestants"].items() if row["failed"]}
    return ", ".join(f"{n} of {name}" for name, n in failed.items()) or "none did"


def _finite(figure: float) -> float | None:
    """As JSON has no infinity: where a training diverges, there is no figure."""
    return float(figure) if np.isfinite(figure) else None


def _number(figure: float | None) -> str:
    return "diverges" if figure is None else f"{figure:.2f}"


def _between(row: Mapping[str, Any], sign: str = "") -> str:
    return f"{row['low']:{sign}.3f} to {row['high']:{sign}.3f}"


def _row(*cells: object) -> str:
    return "| " + " | ".join(str(cell) for cell in cells) + " |\n"
