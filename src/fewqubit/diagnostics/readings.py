"""The figures explained, a line each: what they say about this map on these data."""

from collections.abc import Sequence
from math import isfinite, sqrt

from fewqubit.diagnostics.effective_dimension import EXAMPLES
from fewqubit.diagnostics.figures import Diagnostics
from fewqubit.diagnostics.scans import KernelPoint, PlateauPoint

_SPACE = "\N{NARROW NO-BREAK SPACE}"
_ROUNDING = 1e-12


def readings(
    figures: Diagnostics, n_rows: int, own: KernelPoint, bandwidths: Sequence[KernelPoint]
) -> dict[str, str]:
    """A reading by the name of its figure, of ``n_rows`` rows; ``own`` is the point of the map's
    own bandwidth among those of ``bandwidths``.
    """
    return {
        "alignment": read_alignment(own, bandwidths),
        "shots_per_entry": read_concentration(own, bandwidths),
        "effective_rank": read_rank(figures.effective_rank, n_rows),
        "geometric_difference": read_geometry(figures, n_rows),
        "model_complexity": read_complexity(figures, n_rows),
        "expressibility": read_expressibility(figures.expressibility, own.n_qubits),
        "entangling_capability": read_entanglement(figures.entangling_capability),
    }


def read_alignment(own: KernelPoint, bandwidths: Sequence[KernelPoint]) -> str:
    """How well the kernel agrees with the classes, and whether another bandwidth does better."""
    line = f"centred alignment with the classes {own.alignment:.2f} (0 blind, 1 knows them)"
    best = max(bandwidths, key=lambda point: point.alignment)
    if best.bandwidth == own.bandwidth:
        return f"{line}; no bandwidth of the scan has more"
    return f"{line}; bandwidth {best.bandwidth:.2g} has {best.alignment:.2f}"


def read_concentration(own: KernelPoint, bandwidths: Sequence[KernelPoint]) -> str:
    """Where the entries concentrate, the shots that costs, and the bandwidth that costs least."""
    line = (
        f"{own.n_qubits} qubits at bandwidth {own.bandwidth:g}: entries concentrate at "
        f"{own.mean:.2g}, {count(own.shots)} shots per entry"
    )
    cheapest = min(bandwidths, key=lambda point: point.shots)
    if cheapest.bandwidth == own.bandwidth:
        return f"{line}; no bandwidth of the scan needs fewer"
    return f"{line}; bandwidth {cheapest.bandwidth:.2g} needs {count(cheapest.shots)}"


def read_rank(rank: float, n_rows: int) -> str:
    """Between one state for all rows and an orthogonal one for each."""
    share = rank / n_rows
    word = "hardly tells rows apart" if rank < 2 else "tells rows apart, and likens some"
    if share > 0.8:
        word = "every row stands alone, so that little is learned about one from another"
    return f"effective rank {rank:.0f} of {n_rows}: {word}"


def read_geometry(figures: Diagnostics, n_rows: int) -> str:
    """Whether any labels exist on which the quantum kernel could win."""
    g, most = figures.geometric_difference, sqrt(n_rows)
    said = f"geometric difference {g:.2g} to {figures.classical_kernel} (up to {most:.2g})"
    if g < 2.0:
        return f"{said}: for any labels that classical kernel does about as well"
    return f"{said}: labels exist whose error bound is {g:.2g} times as large for that kernel"


def read_complexity(figures: Diagnostics, n_rows: int) -> str:
    """Which of the two fits these labels with the simpler function."""
    quantum, classical = figures.model_complexity, figures.classical_complexity
    said = f"model complexity for these labels {quantum:.0f}, classical {classical:.0f}"
    bounds = f"error bounds √(s/N) {sqrt(quantum / n_rows):.2f} and {sqrt(classical / n_rows):.2f}"
    if quantum < 0.9 * classical:
        return f"{said}: the quantum kernel has the simpler fit; {bounds}"
    if classical < 0.9 * quantum:
        return f"{said}: the classical kernel has the simpler fit; {bounds}"
    return f"{said}: as simple a fit; {bounds}"


def read_expressibility(divergence: float, n_qubits: int) -> str:
    """Between states that fill their space as Haar-random ones do, and a corner of it."""
    said = f"the states of the rows are {divergence:.2g} nats from Haar-random ones"
    if divergence < 0.1:
        return f"{said}: they fill the space of {n_qubits} qubits evenly, which concentrates"
    return f"{said}: they keep to a part of the space of {n_qubits} qubits"


def read_entanglement(q: float) -> str:
    """Between product states and states whose single qubits know nothing."""
    said = f"mean entanglement (Meyer-Wallach) {q:.2f} of 1"
    if q < 0.01:
        return f"{said}: product states, which a classical computer simulates qubit by qubit"
    if q > 0.9:
        return f"{said}: single qubits know next to nothing, which a local readout will feel"
    return said


def read_gradients(points: Sequence[PlateauPoint]) -> str:
    """How the gradient changes from the fewest to the most qubits, at equal repetitions."""
    first = min(points, key=lambda point: point.n_qubits)
    last = max(points, key=lambda point: point.n_qubits)
    if min(first.variance, last.variance) < _ROUNDING:
        return "the first qubit's ⟨Z⟩ does not depend on the parameters: read out something else"
    said = f"variance of the steepest derivative {last.variance:.2g} at {last.n_qubits} qubits"
    if first.n_qubits == last.n_qubits:
        return said
    factor = (last.variance / first.variance) ** (1 / (last.n_qubits - first.n_qubits))
    said += f", × {factor:.2g} with each qubit more from {first.variance:.2g}"
    return f"{said}: a barren plateau is ahead" if factor < 0.7 else f"{said}: trainable"


def read_dimension(dimension: float, n_parameters: int) -> str:
    """How many of the parameters a readout can tell apart."""
    return (
        f"effective dimension {dimension:.1f} of {n_parameters} parameters at {EXAMPLES} examples "
        f"({dimension / n_parameters:.0%})"
    )


def count(number: float) -> str:
    """``40 000``: two digits that count, thousands apart; ``no number of`` for infinity."""
    if not isfinite(number):
        return "no number of"
    return f"{float(f'{number:.1e}'):,.0f}".replace(",", _SPACE)
