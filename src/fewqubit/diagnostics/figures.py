"""Figures of the states of a data set, before any training."""

from typing import NamedTuple

import jax
import numpy as np
from jaxtyping import Array, Float, Int

from fewqubit.diagnostics.concentration import (
    concentration,
    effective_rank,
    off_diagonal,
    shots_per_entry,
)
from fewqubit.diagnostics.entanglement import entangling_capability
from fewqubit.diagnostics.expressibility import expressibility
from fewqubit.diagnostics.geometry import nearest_classical
from fewqubit.states.alignment import alignment, centred_alignment, target_kernel


class Diagnostics(NamedTuple):
    """Figures of the states of some rows and of their Gram matrix.

    alignment:               centred kernel-target alignment, 0 (blind) to 1 (knows the classes)
    target_alignment:        the same without centring
    concentration_mean:      mean off-diagonal entry; 1/2**n for Haar-random states of n qubits
    concentration_variance:  variance of the off-diagonal entries; 0 means nothing to learn from
    effective_rank:          1 (all states alike) to the number of rows (all orthogonal)
    shots_per_entry:         to know an entry to a tenth of the entries' standard deviation
    expressibility:          D_KL of the fidelities from Haar's; 0 fills the space evenly
    entangling_capability:   Meyer-Wallach Q, 0 (product states) to 1
    classical_kernel:        the classical kernel that comes nearest, on the same inputs
    geometric_difference:    to it; near 1: it can do the same, whatever the labels
    model_complexity:        s of the quantum kernel for these labels; above N it likens classes
    classical_complexity:    s of that classical kernel
    """

    alignment: float
    target_alignment: float
    concentration_mean: float
    concentration_variance: float
    effective_rank: float
    shots_per_entry: float
    expressibility: float
    entangling_capability: float
    classical_kernel: str
    geometric_difference: float
    model_complexity: float
    classical_complexity: float


class GramFigures(NamedTuple):
    """Figures of a Gram matrix and the classes of its rows, of ``Diagnostics``'s names."""

    mean: Float[Array, ""]
    variance: Float[Array, ""]
    alignment: Float[Array, ""]
    target_alignment: Float[Array, ""]
    effective_rank: Float[Array, ""]


@jax.jit
def gram_figures(gram: Float[Array, "n n"], labels: Int[Array, " n"]) -> GramFigures:
    """All of them in one program: compiled one by one they take longer than to compute."""
    return GramFigures(
        *concentration(gram),
        centred_alignment(gram, labels),
        alignment(gram, target_kernel(labels)),
        effective_rank(gram),
    )


def diagnose(
    gram: Float[Array, "n n"],
    labels: Int[np.ndarray, " n"],
    inputs: Float[np.ndarray, "n d"],
    bloch: Float[np.ndarray, "n q 3"],
) -> Diagnostics:
    """All figures of rows with class ``labels``, from the circuit's inputs and its states.

    ``bloch`` holds the Bloch vectors of every row's qubits.
    """
    of_gram, entries = gram_figures(gram, labels), np.asarray(gram)
    nearest = nearest_classical(entries, inputs, labels)
    return Diagnostics(
        alignment=float(of_gram.alignment),
        target_alignment=float(of_gram.target_alignment),
        concentration_mean=float(of_gram.mean),
        concentration_variance=float(of_gram.variance),
        effective_rank=float(of_gram.effective_rank),
        shots_per_entry=shots_per_entry(entries),
        expressibility=expressibility(off_diagonal(entries), bloch.shape[1]),
        entangling_capability=entangling_capability(bloch),
        classical_kernel=nearest.kernel,
        geometric_difference=nearest.difference,
        model_complexity=nearest.quantum_complexity,
        classical_complexity=nearest.complexity,
    )


def caption(figures: Diagnostics) -> str:
    """The diagnostics in a line, for the title of a picture."""
    return (
        f"centred alignment {figures.alignment:.3f} · effective rank {figures.effective_rank:.1f}"
        f" · off-diagonal mean {figures.concentration_mean:.3f}"
    )
