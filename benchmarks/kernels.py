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
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from benchmarks.kept import kept
from jaxtyping import Array, Float
from matplotlib.figure import Figure
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.svm import SVC

from fewqubit.base.io.files import read_json, read_npz, write_json, write_npz, write_text
from fewqubit.circuits import FEATURE_MAPS
from fewqubit.circuits.parameters import vector
from fewqubit.compiler import compile
from fewqubit.compiler.pieces import PIECE
from fewqubit.diagnostics import centred_alignment
from fewqubit.states.kernels import projected_cross, projected_features
from fewqubit.states.observables import probabilities
from fewqubit.states.shots import counted_fractions, counted_shares

OUT = Path("docs/results/kernels")
SPLITS = {4: 5, 8: 5, 12: 5, 16: 5, 18: 5}  # of each number of qubits
TRAIN, VALIDATION, TEST = 45, 30, 45
SHOTS = (10, 100, 1000, 0)  # of each circuit; 0: exact
BANDWIDTHS, GAMMAS, WEIGHTS = (0.1, 0.3, 1.0), (0.1, 0.3, 1.0, 3.0), (0.3, 0.6, 0.8, 0.9)
CIRCUITS = {"fidelity": 1, "hamming": 2}  # of a pair; a row of the projected kernel takes three

Gram = Float[np.ndarray, "rows rows"]


class Rows(NamedTuple):
    """Components of all rows, scaled; labels; the three parts in this order."""

    x: Float[np.ndarray, "rows features"]
    y: np.ndarray


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


class Seen(NamedTuple):
    """What circuits show of all rows.

    ones:   how probable k ones are after U(x_i), then U†(x_j)
    bloch:  Bloch vectors of every row
    """

    ones: Float[np.ndarray, "rows rows weights"]
    bloch: Float[np.ndarray, "rows qubits 3"]


def measured(n_qubits: int, x: Float[np.ndarray, "rows features"]) -> Seen:
    """By simulation of every pair's circuit, as many at once as fit the processor's cache."""
    (state, pair), at_once = circuits(n_qubits), min(max(1, PIECE >> n_qubits), 64)
    states = jax.lax.map(state, jnp.asarray(x), batch_size=at_once)
    left, right = np.nonzero(~np.eye(len(x), dtype=bool))  # both orders of every pair
    both = jnp.asarray(np.concatenate([x[left], x[right]], axis=1))
    found = np.asarray(jax.lax.map(pair, both, batch_size=at_once))
    ones = np.zeros((len(x), len(x), n_qubits + 1))
    ones[left, right] = found
    ones[np.arange(len(x)), np.arange(len(x)), 0] = 1
    return Seen(ones, np.asarray(projected_features(states)))


def circuits(n_qubits: int) -> tuple[Callable[[Array], Array], Callable[[Array], Array]]:
    """x -> |ψ(x)⟩, and (x, x′) -> the probabilities of k ones after U(x), then U†(x′)."""
    made = FEATURE_MAPS["reuploading"](n_qubits, 2, 1.0)
    x, theta = vector(made, "x"), vector(made, "θ")
    made = made.assign_parameters(dict.fromkeys(theta, 0.5))
    both = ParameterVector("z", 2 * n_qubits)
    there = made.assign_parameters(dict(zip(x, both[:n_qubits], strict=True)))
    back = made.assign_parameters(dict(zip(x, both[n_qubits:], strict=True))).inverse()
    whole: QuantumCircuit = there.compose(back)
    one, two = compile(made, x, ()), compile(whole, both, ())
    of_weight = np.eye(n_qubits + 1, dtype=np.float32)[np.bitwise_count(np.arange(2**n_qubits))]
    none = jnp.zeros(0)
    return lambda row: one(row, none), lambda row: probabilities(two(row, none)) @ of_weight


def fidelity(seen: Seen, shots: int, random: np.random.Generator) -> Gram:
    """The share of 0…0."""
    exact = seen.ones[..., 0]
    if not shots:
        return exact
    above = np.triu(counted_fractions(random, exact, shots), 1)
    return above + above.T + np.eye(len(exact))


def hamming(seen: Seen, weight: float, shots: int, random: np.random.Generator) -> Gram:
    """Mean of w^|b| over outcomes b of the circuits in both orders, ``shots`` each."""
    shares = seen.ones if not shots else counted_shares(random, seen.ones, shots)
    one_way = shares @ weight ** np.arange(shares.shape[-1])
    return (one_way + one_way.T) / 2


def projected(seen: Seen, gamma: float, shots: int, random: np.random.Generator) -> Gram:
    """Three circuits a row; the qubits of one circuit are drawn as if they were independent."""
    bloch = seen.bloch
    if shots:
        bloch = 2 * counted_fractions(random, (1 + bloch) / 2, shots) - 1
    return np.asarray(projected_cross(jnp.asarray(bloch), jnp.asarray(bloch), gamma))


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


if __name__ == "__main__":
    main()
