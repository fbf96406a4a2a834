"""Run times over qubits, one line for each peer, the floor below them."""

from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
from benchmarks.engine.report import OURS
from benchmarks.engine.works import WORKS

from fewqubit.base.io.files import replacing

COLOURS = 10  # of Matplotlib's own cycle
SWEEPS = {"states": 1000, "expectation_gradient": 256}


def draw(path: Path, record: dict[str, Any]) -> None:
    """A panel for each work that has a sweep over qubits."""
    figure, panels = plt.subplots(1, len(SWEEPS), figsize=(11, 5), layout="constrained")
    for panel, (work, rows) in zip(panels, SWEEPS.items(), strict=True):
        cells = [c for c in record["cells"] if c["work"] == work and c["rows"] == rows]
        cells.sort(key=lambda cell: cell["n_qubits"])
        for number, peer in enumerate(cells[0]["peers"] if cells else ()):
            points = [
                (cell["n_qubits"], cell["peers"][peer]["processor_seconds"])
                for cell in cells
                if "processor_seconds" in cell["peers"][peer]
            ]
            if points:
                dash = "-" if number < COLOURS else "--"  # colours come round again
                style = {"color": f"C{number}", "linestyle": dash, "linewidth": 1 + (peer == OURS)}
                panel.semilogy(*zip(*points, strict=True), marker=".", label=peer, **style)
        floors = [(cell["n_qubits"], cell["floor"]) for cell in cells]
        if floors:
            panel.semilogy(*zip(*floors, strict=True), "k:", label="floor")
        panel.set(xlabel="qubits", title=f"{WORKS[work].TITLE}\n{rows} rows")
    panels[0].set_ylabel("processor seconds")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=5)
    with replacing(path) as partial:
        figure.savefig(partial, format="svg", metadata={"Date": None})
    plt.close(figure)
