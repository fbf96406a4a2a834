"""Streams as figures: transfer matrices as heat maps, accuracy along the stream as curves."""

from collections.abc import Iterator

import numpy as np

from fewqubit.report.figures import Cell, Chart, HeatMap, axis, line_chart
from fewqubit.report.streams.found import StreamStudy, Walked

MOST = 60  # groups that a map can show


def matrices(study: StreamStudy) -> list[HeatMap]:
    """R[i, j] of every walk: a row for each step, a column for each group."""
    if len(study.groups) > MOST:
        return []
    return [HeatMap(_title(one), study.groups, [*_cells(one)]) for one in study.walks]


def _cells(one: Walked) -> Iterator[Cell]:
    means = one.answered.after.mean((2, 3))
    for (step, group), value in np.ndenumerate(means):
        if not np.isnan(value):
            yield Cell(step, group, float(value))


def along(study: StreamStudy) -> list[Chart]:
    """Mean accuracy on all groups so far: a chart for each learner and way, a line per arm."""
    charts = []
    averages = {(one.learner, one.way, one.arm): _averages(one) for one in study.walks}
    y = axis(value for line in averages.values() for value in line.values())
    for learner, way in dict.fromkeys((one.learner, one.way) for one in study.walks):
        lines = [
            (arm, arm, line)
            for (name, going, arm), line in averages.items()
            if (name, going) == (learner, way)
        ]
        charts.append(line_chart(f"{learner}, {way}", "groups learned", lines, y))
    return charts


def _averages(one: Walked) -> dict[float, float]:
    means = one.answered.after.mean((2, 3))
    return {step + 1: float(row[: step + 1].mean()) for step, row in enumerate(means)}


def _title(one: Walked) -> str:
    return f"{one.learner}, {one.way}, {one.arm}"
