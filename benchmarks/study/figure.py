"""The picture of the study, from its record: differences with intervals; effects."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import numpy as np
from benchmarks.study.effects import at_bandwidth

from fewqubit.base.io.files import replacing
from fewqubit.config import Settings
from fewqubit.study.side_by_side import BANDWIDTH

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Record = Mapping[str, Any]


def draw(path: Path, record: Record, settings: Settings) -> None:
    """Write the picture as SVG, the same bytes for the same figures."""
    figure, (forest, *places) = plt.subplots(
        1, 4, figsize=(16, 6), layout="constrained", width_ratios=(1.6, 1, 1, 1)
    )
    _forest(forest, record["verdicts"], settings)
    for axes, what, title in zip(
        places,
        ("verdicts", "entanglers"),
        ("circuit − opponent", "with − without entanglers"),
        strict=False,
    ):
        _along_qubits(axes, record[what], settings)
        axes.set(title=title, xlabel="qubits", ylabel="points of accuracy")
    places[0].legend(fontsize=6, ncols=2)
    _bandwidths(places[2], record["effects"], settings)
    plt.rcParams["svg.hashsalt"] = "study"
    with replacing(path) as partial:
        figure.savefig(partial, format="svg", metadata={"Date": None, "Creator": None})
    plt.close(figure)


def _qubits(settings: Settings) -> dict[str, int]:
    return {name: settings.learners[name].circuit.n_qubits for name in settings.run.learners}


def _datasets(rows: Record) -> list[str]:
    return [*dict.fromkeys(at.partition("/")[0] for at in rows)]


def _forest(axes: "Axes", verdicts: Record, settings: Settings) -> None:
    """A row for each data set, in it a point for each learner."""
    names, qubits = _datasets(verdicts)[::-1], _qubits(settings)
    for number, (learner, n) in enumerate(qubits.items()):
        rows = [verdicts[f"{name}/{learner}"] for name in names]
        middle = np.array([100 * row["difference"] for row in rows])
        spans = abs(np.array([(100 * row["low"], 100 * row["high"]) for row in rows]).T - middle)
        spans[:, [row["verdict"] == "no verdict" for row in rows]] = 0  # there is no interval
        heights = np.arange(len(names)) + 0.25 * (len(qubits) / 2 - 0.5 - number)
        style = {"fmt": "o", "markersize": 4, "capsize": 2, "label": f"{n} qubits"}
        axes.errorbar(middle, heights, xerr=spans, **style)
    margin = 100 * settings.evaluation.margin
    axes.axvspan(-margin, margin, color="gray", alpha=0.15, linewidth=0)
    axes.axvline(0, color="black", linewidth=0.8)
    axes.set_yticks(range(len(names)), names)
    axes.set(xlabel="points of accuracy, 95 % alone", title="circuit − nearest opponent")
    axes.legend(fontsize=8)


def _along_qubits(axes: "Axes", rows: Record, settings: Settings) -> None:
    """A thin line for each data set, a thick one for their mean; no row: the models are equal."""
    qubits, lines = _qubits(settings), []
    for name, color in zip(_datasets(rows), plt.get_cmap("tab20").colors, strict=False):
        values = [
            100 * rows.get(f"{name}/{one}", {"difference": 0.0})["difference"] for one in qubits
        ]
        axes.plot([*qubits.values()], values, "-", label=name, color=color)
        lines.append(values)
    axes.plot([*qubits.values()], np.mean(lines, axis=0), "ko-", linewidth=2.5, label="mean")
    axes.axhline(0, color="black", linewidth=0.8)
    axes.set_xticks([*qubits.values()])


def _bandwidths(axes: "Axes", effects: list[Record], settings: Settings) -> None:
    """Medians over the data sets at each bandwidth, a line for each learner; quartiles behind."""
    values = {effect["name"]: [*effect["values"].values()] for effect in effects}
    for learner, n in _qubits(settings).items():
        tried = [*settings.search.space[learner][BANDWIDTH]]
        rows = 100 * np.array([values[at_bandwidth(f"{n} qubits", one)] for one in tried])
        low, middle, high = np.quantile(rows, (0.25, 0.5, 0.75), axis=1)
        axes.semilogx(tried, middle, "o-", label=f"{n} qubits, median")
        axes.fill_between(tried, low, high, alpha=0.12)
        axes.set_xticks(tried, [f"{one:g}" for one in tried])
    axes.minorticks_off()
    axes.axhline(0, color="black", linewidth=0.8)
    axes.set_yscale("symlog", linthresh=2)  # a bandwidth that is far off costs tens of points
    axes.set_yticks([-20, -5, -2, -1, 0, 1, 2, 5, 20], ["−20", "−5", "−2", "−1", 0, 1, 2, 5, 20])
    axes.set(xlabel="bandwidth", title="circuit at a bandwidth − opponent")
    axes.legend(fontsize=8)
