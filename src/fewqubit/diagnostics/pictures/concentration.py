"""Concentration as a picture: the spread of a kernel's entries against bandwidth and qubits."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from fewqubit.diagnostics.scans import KernelPoint

_MEAN, _SPREAD, _HAAR = "#31688e", "#35b779", "0.55"


def draw_concentration(
    path: Path,
    bandwidths: Sequence[KernelPoint],
    qubits: Sequence[KernelPoint],
    configured: KernelPoint,
    title: str,
) -> None:
    """Draw mean and standard deviation of the off-diagonal entries, on logarithmic axes.

    The same points give the same bytes. A ring marks the map as it is configured.
    """
    figure = Figure(figsize=(9.0, 3.8), dpi=150, layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    _draw(left, bandwidths, configured, "bandwidth", lambda point: point.bandwidth)
    _draw(right, qubits, configured, "qubits", lambda point: point.n_qubits)
    left.set_xscale("log", base=2)
    right.set_xticks([point.n_qubits for point in qubits])
    left.set_ylabel("off-diagonal entries", fontsize=8)
    right.legend(fontsize=7, frameon=False)
    figure.suptitle(title, fontsize=11, fontweight="bold", x=0.02, ha="left")
    figure.savefig(path, format="png", metadata={"Software": None})


def _draw(
    axes: Axes,
    points: Sequence[KernelPoint],
    configured: KernelPoint,
    name: str,
    place: Callable[[KernelPoint], float],
) -> None:
    x = [place(point) for point in points]
    axes.plot(x, [p.mean for p in points], "o-", color=_MEAN, markersize=3, label="mean")
    spread = np.sqrt([p.variance for p in points])
    axes.plot(x, spread, "o-", color=_SPREAD, markersize=3, label="standard deviation")
    haar = [2.0**-point.n_qubits for point in points]
    axes.plot(x, haar, "--", color=_HAAR, linewidth=0.8, label="mean of Haar-random states")
    ring = [configured.mean, configured.variance**0.5]
    axes.scatter(
        [place(configured)] * 2, ring, s=60, facecolors="none", edgecolors="0.2", linewidths=0.8
    )
    axes.set_yscale("log")
    axes.set_xlabel(name, fontsize=8)
    axes.tick_params(labelsize=7)
    axes.spines[["top", "right"]].set_visible(False)
