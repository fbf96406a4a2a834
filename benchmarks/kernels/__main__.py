"""Kernels from shots: ``python -m benchmarks.kernels [QUBITS …]``, accuracy against shots.

Fidelity, projected and Hamming kernels of one feature map on principal components of handwritten
digits (scikit-learn's, 3 against 5 against 8), read by a support vector machine. Bandwidth, and γ
or w, are chosen for each kernel, number of shots and split by accuracy on validation rows, under
the same shots; ``aligned`` is the kernel whose alignment with the labels of validation rows is
best. Beside them a Gaussian kernel of the components, its γ chosen likewise.

What circuits show of a split at one bandwidth is kept below artifacts/studies, as are results; a
run that was stopped goes on from there. Writes docs/results/kernels: kernels.json, kernels.md,
kernels.svg.
"""

import sys
from pathlib import Path

from benchmarks.kept import kept
from benchmarks.kernels.cells import (
    BANDWIDTHS,
    GAMMAS,
    SHOTS,
    SPLITS,
    TEST,
    TRAIN,
    VALIDATION,
    WEIGHTS,
    cell,
)
from benchmarks.kernels.page import CIRCUITS, averaged, picture, table

from fewqubit.base.io.files import read_json, write_json, write_text

OUT = Path("docs/results/kernels")


def main() -> None:
    """Every cell that is not there yet, then tables and picture of those that are."""
    sizes = [int(word) for word in sys.argv[1:]] or list(SPLITS)
    rows_of, choices = (TRAIN, VALIDATION, TEST), (SHOTS, BANDWIDTHS, GAMMAS, WEIGHTS)
    work = kept("kernels", {"rows": rows_of, "choices": choices, "circuits": CIRCUITS})
    for n_qubits, split in [(n, split) for n in sizes for split in range(SPLITS[n])]:
        place = work / f"{n_qubits}_{split}.json"
        if not place.exists():
            write_json(place, {"rows": [*cell(n_qubits, split, work)]})
            sys.stderr.write(f"{n_qubits} qubits, split {split + 1} of {SPLITS[n_qubits]}\n")
    rows = [row for place in sorted(work.glob("*.json")) for row in read_json(place)["rows"]]
    means = averaged(rows)
    write_json(OUT / "kernels.json", {"command": "python -m benchmarks.kernels", "means": means})
    write_text(OUT / "kernels.md", table(means))
    picture(means).savefig(OUT / "kernels.svg", metadata={"Date": None})


if __name__ == "__main__":
    main()
