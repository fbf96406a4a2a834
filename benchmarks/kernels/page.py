"""Means over splits, as a table and as a picture."""

from typing import Any

import numpy as np
from benchmarks.kernels.cells import SHOTS, TEST, TRAIN
from matplotlib.figure import Figure

CIRCUITS = {"fidelity": 1, "hamming": 2}  # of a pair; a row of the projected kernel takes three


def averaged(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Over splits, with the standard error."""
    cells: dict[tuple[int, str, int], list[float]] = {}
    for row in rows:
        cells.setdefault((row["qubits"], row["kernel"], row["shots"]), []).append(row["accuracy"])
    return [
        {
            "qubits": n,
            "kernel": kernel,
            "shots": shots,
            "accuracy": float(np.mean(found)),
            "error": float(np.std(found, ddof=1) / len(found) ** 0.5) if len(found) > 1 else None,
            "splits": len(found),
            "spent": spent(kernel, shots),
        }
        for (n, kernel, shots), found in sorted(cells.items())
    ]


def spent(kernel: str, shots: int) -> int:
    """Shots of all circuits that training and test rows need."""
    pairs = TRAIN * (TRAIN - 1) // 2 + TRAIN * TEST
    if kernel == "projected":
        return 3 * (TRAIN + TEST) * shots
    return CIRCUITS.get(kernel, 0) * pairs * shots


def table(means: list[dict[str, Any]]) -> str:
    """A row for each number of qubits and kernel, a column for each number of shots."""
    splits = {row["qubits"]: row["splits"] for row in means}
    told = ", ".join(f"{count} of {n} qubits" for n, count in splits.items())
    head = [f"{shots} shots" if shots else "exact" for shots in SHOTS]
    lines = [f"`python -m benchmarks.kernels`: accuracy ± standard error; splits: {told}.\n"]
    lines += ["| qubits | kernel | " + " | ".join(head) + " |", "|---:|---|" + "---:|" * len(head)]
    known = {(row["qubits"], row["kernel"], row["shots"]): row for row in means}
    for n, kernel in dict.fromkeys((row["qubits"], row["kernel"]) for row in means):
        cells = [known[n, kernel, shots] for shots in SHOTS]
        lines.append(f"| {n} | {kernel} | " + " | ".join(map(accuracy, cells)) + " |")
    return "\n".join(lines) + "\n"


def accuracy(mean: dict[str, Any]) -> str:
    """One split has no standard error."""
    error = "" if mean["error"] is None else f" ± {mean['error']:.3f}"
    return f"{mean['accuracy']:.3f}{error}"


def picture(means: list[dict[str, Any]]) -> Figure:
    """Accuracy against all shots spent, a panel for each number of qubits; dotted: exact."""
    sizes = sorted({row["qubits"] for row in means})
    made = Figure(figsize=(3.2 * len(sizes), 3.4), layout="constrained")
    panels = np.atleast_1d(made.subplots(1, len(sizes), sharey=True))
    for axes, n in zip(panels, sizes, strict=True):
        for number, kernel in enumerate(("fidelity", "projected", "hamming")):
            own = [row for row in means if row["qubits"] == n and row["kernel"] == kernel]
            drawn = sorted((row["spent"], row["accuracy"]) for row in own if row["shots"])
            axes.plot(*zip(*drawn, strict=True), "o-", color=f"C{number}", label=kernel)
            exact = next(row["accuracy"] for row in own if not row["shots"])
            axes.axhline(exact, color=f"C{number}", linewidth=0.8, linestyle=":")
        classical = next(r for r in means if r["qubits"] == n and r["kernel"] == "gaussian")
        axes.axhline(classical["accuracy"], color="0.5", linestyle="--", label="Gaussian of x")
        axes.set(xscale="log", title=f"{n} qubits", xlabel="shots of all circuits")
    panels[0].set_ylabel("accuracy on test rows")
    panels[0].legend(frameon=False, fontsize="small")
    return made
