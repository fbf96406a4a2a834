"""The picture of the study: differences with their intervals; effects of what was varied."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
from benchmarks.study.cells import Asked
from benchmarks.study.effects import at_bandwidths, of_entanglers, over_opponent
from benchmarks.study.page import all_of

from fewqubit.base.io.files import replacing
from fewqubit.config import Settings
from fewqubit.report.across import ENTANGLERS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Lines = Mapping[float, Mapping[str, float]]  # by what was varied: a difference for each data set


def draw(path: Path, found: Sequence[Asked], settings: Settings) -> None:
    """Write the picture as SVG, the same bytes for the same figures."""
    learners = settings.run.learners
    qubits = {name: settings.learners[name].circuit.n_qubits for name in learners}
    figure, (forest, *places) = plt.subplots(
        1, 4, figsize=(16, 6), layout="constrained", width_ratios=(1.6, 1, 1, 1)
    )
    _forest(forest, found, settings)
    by_qubits = {qubits[name]: over_opponent(found, name) for name in learners}
    _effect(places[0], by_qubits, "qubits", "circuit − opponent")
    if ENTANGLERS in settings.run.arms:
        entanglers = {qubits[name]: of_entanglers(found, name) for name in learners}
        _effect(places[1], entanglers, "qubits", "with − without entanglers")
    _bandwidths(places[2], found, qubits)
    plt.rcParams["svg.hashsalt"] = "study"
    with replacing(path) as partial:
        figure.savefig(partial, format="svg", metadata={"Date": None, "Creator": None})
    plt.close(figure)


def _forest(axes: "Axes", found: Sequence[Asked], settings: Settings) -> None:
    """A row for each data set, in it a point for each learner."""
    learners, verdicts = settings.run.learners, all_of(found, settings).verdicts
    names = [one.study.dataset for one in found][::-1]
    for number, learner in enumerate(learners):
        rows = [verdicts[name, learner].comparison for name in names]
        middle = np.array([100 * row.difference for row in rows])
        ends = np.array([(100 * row.low, 100 * row.high) for row in rows])
        spans = abs(ends.T - middle)
        spans[:, [bool(row.too_few) for row in rows]] = 0  # there is no interval
        heights = np.arange(len(names)) + 0.25 * (len(learners) / 2 - 0.5 - number)
        axes.errorbar(
            middle, heights, xerr=spans, fmt="o", markersize=4, capsize=2,
            label=f"{settings.learners[learner].circuit.n_qubits} qubits",
        )  # fmt: skip
    margin = 100 * settings.evaluation.margin
    axes.axvspan(-margin, margin, color="gray", alpha=0.15, linewidth=0)
    axes.axvline(0, color="black", linewidth=0.8)
    axes.set_yticks(range(len(names)), names)
    axes.set(xlabel="points of accuracy, 95 % alone", title="circuit − nearest opponent")
    axes.legend(fontsize=8)


def _effect(axes: "Axes", lines: Lines, what: str, title: str) -> None:
    """A thin line for each data set, a thick one for their mean."""
    for name in next(iter(lines.values())):
        axes.plot([*lines], [100 * row[name] for row in lines.values()], "-", label=name, alpha=0.6)
    means = [100 * float(np.mean([*row.values()])) for row in lines.values()]
    axes.plot([*lines], means, "ko-", linewidth=2.5, label="mean")
    axes.axhline(0, color="black", linewidth=0.8)
    axes.set(xlabel=what, title=title, xticks=[*lines], ylabel="points of accuracy")
    axes.legend(fontsize=6, ncols=2)


def _bandwidths(axes: "Axes", found: Sequence[Asked], qubits: Mapping[str, int]) -> None:
    """Means over the data sets at each bandwidth, a line for each learner; spread behind it."""
    for learner, n in qubits.items():
        lines = at_bandwidths(found, learner)
        rows = 100 * np.array([[*row.values()] for row in lines.values()])
        axes.semilogx([*lines], rows.mean(1), "o-", label=f"{n} qubits, mean")
        axes.fill_between([*lines], *np.quantile(rows, (0.25, 0.75), axis=1), alpha=0.12)
    axes.axhline(0, color="black", linewidth=0.8)
    axes.set_yscale("symlog", linthresh=2)  # a bandwidth that is far off costs tens of points
    axes.set(xlabel="bandwidth", title="circuit at a bandwidth − opponent")
    axes.set_xticks([*lines], [f"{one:g}" for one in lines])
    axes.minorticks_off()
    axes.legend(fontsize=8)
