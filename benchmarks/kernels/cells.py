"""Accuracy of every kernel on one split of the digits at one number of qubits."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from benchmarks.kernels.grams import Gram, Seen, fidelity, hamming, measured, projected
from jaxtyping import Float
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.svm import SVC

from fewqubit.base.io.files import read_npz, write_npz
from fewqubit.diagnostics import centred_alignment

SPLITS = {4: 5, 8: 5, 12: 5, 16: 5, 18: 5}  # of each number of qubits
TRAIN, VALIDATION, TEST = 45, 30, 45
SHOTS = (10, 100, 1000, 0)  # of each circuit; 0: exact
BANDWIDTHS, GAMMAS, WEIGHTS = (0.1, 0.3, 1.0), (0.1, 0.3, 1.0, 3.0), (0.3, 0.6, 0.8, 0.9)


class Rows(NamedTuple):
    """Components of all rows, scaled; labels; the three parts in this order."""

    x: Float[np.ndarray, "rows features"]
    y: np.ndarray


def drawn(n_qubits: int, split: int) -> Rows:
    """A split's rows; components are fitted on its training rows alone."""
    digits = load_digits(return_X_y=True)
    kept = np.flatnonzero(np.isin(digits[1], (3, 5, 8)))
    random = np.random.default_rng((n_qubits, split))
    rows = random.permutation(kept)[: TRAIN + VALIDATION + TEST]
    x, y = digits[0][rows], digits[1][rows]
    components = PCA(n_qubits, random_state=0).fit(x[:TRAIN])
    x = components.transform(x)
    return Rows(np.asarray(x / x[:TRAIN].std(0), np.float32), y)


def cell(n_qubits: int, split: int, work: Path) -> Iterator[dict[str, Any]]:
    """Accuracy of every kernel at every number of shots; ``work`` keeps what circuits show."""
    rows, random = drawn(n_qubits, split), np.random.default_rng((1, n_qubits, split))
    seen = {}
    for bandwidth in BANDWIDTHS:
        place = work / f"{n_qubits}_{split}_{bandwidth}.npz"
        if not place.exists():
            write_npz(place, measured(n_qubits, bandwidth * rows.x)._asdict())
        seen[bandwidth] = Seen(**read_npz(place))
    for shots in SHOTS:
        best: dict[str, tuple[float, float, float]] = {}
        for name, make in kernels(rows, seen, shots, random):
            tried = [scored(gram, rows.y) for gram in make]
            best[name] = max(tried)
            _, alignment, accuracy = best[name]
            yield {
                "qubits": n_qubits,
                "shots": shots,
                "kernel": name,
                "accuracy": accuracy,
                "alignment": alignment,
            }
        quantum = [value for name, value in best.items() if name != "gaussian"]
        chosen = max(quantum, key=lambda value: value[1])
        yield {
            "qubits": n_qubits,
            "shots": shots,
            "kernel": "aligned",
            "accuracy": chosen[2],
            "alignment": chosen[1],
        }


def kernels(
    rows: Rows, seen: dict[float, "Seen"], shots: int, random: np.random.Generator
) -> Iterator[tuple[str, Iterator[Gram]]]:
    """Each kernel with all Gram matrices to choose from."""
    everyone = list(seen.values())
    yield "fidelity", (fidelity(one, shots, random) for one in everyone)
    yield (
        "projected",
        (
            projected(one, gamma / rows.x.shape[1], shots, random)
            for one in everyone
            for gamma in GAMMAS
        ),
    )
    yield "hamming", (hamming(one, w, shots, random) for one in everyone for w in WEIGHTS)
    squared = ((rows.x[:, None] - rows.x[None]) ** 2).sum(-1) / rows.x.shape[1]
    yield "gaussian", (np.exp(-gamma * squared) for gamma in (0.03, *GAMMAS))


def scored(gram: Gram, y: np.ndarray) -> tuple[float, float, float]:
    """Accuracy on validation rows, alignment there, and accuracy on test rows."""
    known, held, last = np.split(np.arange(len(y)), [TRAIN, TRAIN + VALIDATION])
    machine = SVC(kernel="precomputed", C=10.0).fit(gram[np.ix_(known, known)], y[known])
    validated, tested = (
        float((machine.predict(gram[np.ix_(part, known)]) == y[part]).mean())
        for part in (held, last)
    )
    labels = np.unique(y[held], return_inverse=True)[1]
    aligned = centred_alignment(jnp.asarray(gram[np.ix_(held, held)]), jnp.asarray(labels))
    return validated, float(aligned), tested
