"""From a study's results to its figures."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean
from typing import NamedTuple

import numpy as np

from fewqubit.config import Evaluation
from fewqubit.evaluate.verdict import Verdict
from fewqubit.report.figures import Chart, HeatMap, Scale, Strip, axis, heat_map, line_chart
from fewqubit.report.gather import Result, Row, Study
from fewqubit.report.words import (
    NONE,
    SAME,
    SIGNS,
    floor,
    percent,
    percent_range,
    points,
    points_range,
    short,
)

MOST_CLASSES = 24  # of a heat map that can still be read
Line = tuple[str, str, Mapping[float, float]]


class StripFigure(NamedTuple):
    """Dots and intervals in groups on one axis, with a dashed ``rule`` and a shaded ``band``."""

    scale: Scale
    groups: Sequence[tuple[str, Sequence[Strip]]]
    rule: tuple[float, str]
    band: tuple[float, float] | None = None


def accuracies(study: Study) -> StripFigure:
    """Accuracy with its interval: each learner's arms, then the plain baselines; chance."""
    rule = floor(study.score, study.results[0].metrics["chance"])
    groups = [
        (
            learner,
            [_accuracy(row, row.arm, row.arm) for row in study.learners if row.learner == learner],
        )
        for learner in dict.fromkeys(row.learner for row in study.learners)
    ]
    if study.baselines:
        groups.append(
            ("baselines", [_accuracy(row, row.learner, "baseline") for row in study.baselines])
        )
    scale = axis([rule[0], *_ends(strip for _, strips in groups for strip in strips)])
    return StripFigure(scale, groups, rule)


def differences(
    groups: Sequence[tuple[str, Mapping[str, Verdict | None]]], reading: Evaluation
) -> StripFigure:
    """Paired differences with their intervals against no difference and the margin."""
    strips = [
        (title, [_difference(name, verdict) for name, verdict in verdicts.items()])
        for title, verdicts in groups
    ]
    margin = reading.margin
    ends = _ends(strip for _, row in strips for strip in row)
    scale = axis([-1.5 * margin, 1.5 * margin, *ends], unit="")
    return StripFigure(scale, strips, (0.0, "no difference"), (-margin, margin))


def class_differences(study: Study) -> StripFigure | None:
    """Quantum − twin on each test class, with its lowest and highest seed; the most unlike first.

    Groups of classes that were made from one thing are one row. None without twins.
    """
    strips = []
    for quantum in (row for row in study.learners if row.arm == "quantum"):
        twin = study.find(quantum.learner, "twin")
        if twin:
            rows = [_class_strip(*row) for row in by_group(study, quantum, twin)]
            strips.append((quantum.learner, rows[:MOST_CLASSES]))
    if not any(rows for _, rows in strips):
        return None
    ends = _ends(strip for _, rows in strips for strip in rows)
    return StripFigure(axis([-0.01, 0.01, *ends], unit=""), strips, (0.0, "no difference"))


def by_group(study: Study, one: Result, other: Result) -> list[tuple[str, np.ndarray]]:
    """Each group of test classes with the difference of every seed on it, largest first."""
    cells, minus, classes = one.accuracies.by_class, other.accuracies.by_class, study.classes
    if cells is None or minus is None or len(cells) != len(minus):
        return []
    rows = [
        (str(classes.group_names[group]), (cells - minus)[:, classes.groups == group].mean(1))
        for group in np.unique(classes.groups)
    ]
    return sorted(rows, key=lambda row: -abs(row[1].mean()))


def _class_strip(name: str, seeds: np.ndarray) -> Strip:
    value, low, high = (float(part) for part in (seeds.mean(), seeds.min(), seeds.max()))
    return Strip(short(name), "quantum", value, low, high, points(value), points_range(low, high))


def learning_curves(study: Study) -> list[Chart]:
    """Validation accuracy against meta-training steps, a chart for each learner that trains."""
    lines = {
        learner: [line for row in rows for line in _learning(row)]
        for learner, rows in _by_learner(study).items()
    }
    return _charts({learner: some for learner, some in lines.items() if some}, "meta-training step")


def adaptation_curves(study: Study, setting: str) -> list[Chart]:
    """Accuracy against ``steps`` or ``shots``, a chart for each learner, baselines behind it."""
    label = {"shots": "labelled examples per class", "steps": "adaptation steps"}[setting]
    behind = [(row.learner, "baseline", _adaptation(row, setting)) for row in study.baselines]
    lines = {}
    for learner, rows in _by_learner(study).items():
        curves = [(row.arm, row.arm, _adaptation(row, setting)) for row in rows]
        if all(line for *_, line in curves):
            lines[learner] = [line for line in behind if line[2]] + curves
    return _charts(lines, label)


def confusions(study: Study) -> list[HeatMap]:
    """A heat map for each learner and arm; none where there are too many classes to read."""
    maps = [heat_map(row.name, row.confusion) for row in study.learners if row.confusion]
    return [some for some in maps if len(some.names) <= MOST_CLASSES]


def _accuracy(row: Result, label: str, kind: str) -> Strip:
    value, low, high = (row.metrics[k] for k in ("accuracy", "accuracy_low", "accuracy_high"))
    return Strip(label, kind, value, low, high, percent(value), percent_range(low, high))


def _difference(name: str, verdict: Verdict | None) -> Strip:
    """A difference with its corrected interval; the same model is a dot at none."""
    if verdict is None:
        return Strip(f"{SIGNS[SAME]} {name}", "same", 0.0, 0.0, 0.0, points(0.0), SAME)
    row, label = verdict.comparison, f"{SIGNS[verdict.word]} {name}"
    value, low, high = row.difference, verdict.low, verdict.high
    if verdict.word == NONE:
        return Strip(label, "undecided", value, value, value, points(value), NONE)
    return Strip(label, verdict.word, value, low, high, points(value), points_range(low, high))


def _ends(strips: Iterable[Strip]) -> list[float]:
    return [end for strip in strips for end in (strip.low, strip.high)]


def _by_learner(study: Study) -> dict[str, list[Result]]:
    rows: dict[str, list[Result]] = {}
    for row in study.learners:
        rows.setdefault(row.learner, []).append(row)
    return rows


def _learning(row: Result) -> list[Line]:
    """One faint line for each seed, then their mean; none for what was measured only once."""
    measured = [point for point in row.curve if point["validation_accuracy"]]
    if len({point["step"] for point in measured}) < 2:
        return []
    seeds = {point["seed"] for point in measured}
    column = "validation_accuracy"
    faint = [
        (
            f"{row.arm}, seed {seed}",
            f"{row.arm} faint",
            _means([p for p in measured if p["seed"] == seed], "step", column),
        )
        for seed in sorted(seeds, key=int)
    ]
    return [*faint, (row.arm, row.arm, _means(measured, "step", column))]


def _adaptation(row: Result, setting: str) -> dict[float, float]:
    return _means([p for p in row.adaptation if p["setting"] == setting], "value", "accuracy")


def _means(rows: Sequence[Row], x: str, y: str) -> dict[float, float]:
    """Mean of ``y`` over the rows of each ``x``."""
    values: dict[float, list[float]] = {}
    for row in rows:
        values.setdefault(float(row[x]), []).append(float(row[y]))
    return {place: fmean(some) for place, some in values.items()}


def _charts(lines: Mapping[str, Sequence[Line]], x_label: str) -> list[Chart]:
    """Charts side by side on the same vertical axis."""
    if not lines:
        return []
    y = axis(value for some in lines.values() for *_, line in some for value in line.values())
    return [line_chart(title, x_label, some, y) for title, some in lines.items()]
