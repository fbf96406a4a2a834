"""Figures as plain data: where every mark goes; the template draws them as SVG.

Strips (dot and interval) are placed in per cent of the plot's width, so that they fit any screen
with text of its own size; charts and heat maps in units of their view box.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

WIDTH, HEIGHT = 320, 210
LEFT, RIGHT, TOP, BOTTOM = 40, 10, 10, 34


class Scale(NamedTuple):
    """A linear axis from ``low`` to ``high`` with its ticks (value, label)."""

    low: float
    high: float
    ticks: Sequence[tuple[float, str]]

    def share(self, value: float) -> float:
        """Place on the axis, 0 … 1."""
        return (value - self.low) / (self.high - self.low)

    def percent(self, value: float) -> str:
        """Place on the axis as a length of SVG; what lies outside stays outside."""
        return f"{100 * self.share(value):.3f}%"

    def width(self, band: tuple[float, float]) -> str:
        """Width of a band of values as a length of SVG."""
        return f"{100 * (self.share(band[1]) - self.share(band[0])):.3f}%"


class Strip(NamedTuple):
    """One row of a dot-and-interval figure; ``kind`` names its colour and mark."""

    label: str
    kind: str
    value: float
    low: float
    high: float
    text: str
    detail: str


class Series(NamedTuple):
    """One line of a chart: (x, y) in view-box units, as the ``points`` of a polyline."""

    name: str
    kind: str
    points: str
    last: tuple[float, float]


class Chart(NamedTuple):
    """A small line chart."""

    title: str
    x: Scale
    y: Scale
    x_label: str
    series: Sequence[Series]

    def left(self, value: float) -> float:
        """Horizontal place of a value in the view box."""
        return round(LEFT + (WIDTH - LEFT - RIGHT) * self.x.share(value), 2)

    def top(self, value: float) -> float:
        """Vertical place of a value in the view box."""
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * self.y.share(value), 2)


class Cell(NamedTuple):
    """One cell of a heat map: row and column, and the share of the row's answers."""

    row: int
    column: int
    share: float


class HeatMap(NamedTuple):
    """How often each class was answered for each true class."""

    title: str
    names: Sequence[str]
    cells: Sequence[Cell]


def axis(values: Iterable[float], unit: str = " %", factor: float = 100.0) -> Scale:
    """An axis around ``values`` with four to eight round ticks, labelled in ``factor`` · value."""
    values = [factor * value for value in values]
    low, high = min(values), max(values)
    spread = (high - low) or 1.0
    low, high = low - 0.04 * spread, high + 0.04 * spread
    step = _round_step((high - low) / 6)
    first, last = math.ceil(low / step), math.floor(high / step)
    ticks = [(n * step / factor, f"{n * step:g}{unit}") for n in range(first, last + 1)]
    return Scale(low / factor, high / factor, ticks)


def line_chart(
    title: str,
    x_label: str,
    lines: Iterable[tuple[str, str, Mapping[float, float]]],
    y: Scale,
) -> Chart:
    """A chart of (name, kind, x -> y) lines on the given vertical axis."""
    lines = list(lines)
    xs = sorted({x for _, _, line in lines for x in line})
    step = _round_step((xs[-1] - xs[0]) / 5 or 1.0, whole=True)
    ticks = [
        (n * step, f"{n * step:g}") for n in range(math.ceil(xs[0] / step), int(xs[-1] // step) + 1)
    ]
    chart = Chart(title, Scale(xs[0], max(xs[-1], xs[0] + 1), ticks), y, x_label, [])
    return chart._replace(series=[_series(chart, *line) for line in lines])


def heat_map(title: str, counts: Mapping[tuple[str, str], float]) -> HeatMap:
    """Shares of each true class's answers, classes in the order of their names."""
    names = sorted({name for pair in counts for name in pair})
    place = {name: number for number, name in enumerate(names)}
    totals = dict.fromkeys(names, 0.0)
    for (true, _), count in counts.items():
        totals[true] += count
    cells = [
        Cell(place[true], place[given], count / totals[true])
        for (true, given), count in sorted(counts.items())
    ]
    return HeatMap(title, names, cells)


def most_confused(
    counts: Mapping[tuple[str, str], float], most: int
) -> list[tuple[str, str, float]]:
    """The pairs of classes that are taken for each other most often, both ways together."""
    pairs: dict[tuple[str, str], float] = {}
    for (true, given), count in counts.items():
        if true != given:
            pair = (min(true, given), max(true, given))
            pairs[pair] = pairs.get(pair, 0.0) + count
    ordered = sorted(pairs.items(), key=lambda item: (-item[1], item[0]))
    return [(*pair, count) for pair, count in ordered[:most]]


def _series(chart: Chart, name: str, kind: str, line: Mapping[float, float]) -> Series:
    places = [(chart.left(x), chart.top(y)) for x, y in sorted(line.items())]
    return Series(name, kind, " ".join(f"{x:g},{y:g}" for x, y in places), places[-1])


def _round_step(step: float, *, whole: bool = False) -> float:
    """The next larger of 1, 2, 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(step))
    found = next(n * power for n in (1, 2, 5, 10) if n * power >= step * (1 - 1e-9))
    return max(found, 1.0) if whole else found
