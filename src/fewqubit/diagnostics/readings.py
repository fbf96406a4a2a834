"""The figures explained, a line each: what they say about this map on these data."""

from collections.abc import Sequence
from math import isfinite, sqrt

from fewqubit.diagnostics.effective_dimension import EXAMPLES
from fewqubit.diagnostics.figures import Diagnostics
from fewqubit.diagnostics.scans import KernelPoint, PlateauPoint

_SPACE = "\N{NARROW NO-BREAK SPACE}"
_ROUNDING = 1e-12


def readings(
    figures: Diagnostics, n_rows: int, configured: KernelPoint, bandwidths: Sequence[KernelPoint]
) -> dict[str, str]:
    """A sentence on each figure, by the figure's name, for a kernel of ``n_rows`` rows.

    ``configured`` is the point of ``bandwidths`` that has the map's own bandwidth.
    """
    return {
        "alignment": read_alignment(configured, bandwidths),
        "shots_per_entry": read_concentration(configured, bandwidths),
        "effective_rank": read_rank(figures.effective_rank, n_rows),
        "geometric_difference": read_geometry(figures, n_rows),
        "model_complexity": read_complexity(figures, n_rows),
        "expressibility": read_expressibility(figures.expressibility, configured.n_qubits),
        "entangling_capability": read_entanglement(figures.entangling_capability),
    }


def read_alignment(configured: KernelPoint, bandwidths: Sequence[KernelPoint]) -> str:
    """How well the kernel agrees with the classes, and whether another bandwidth does better."""
    line = f"centred alignment with the classes {configured.alignment:.2f} (0 blind, 1 knows them)"
    best = max(bandwidths, key=lambda point: point.alignment)
    if best.bandwidth == configured.bandwidth:
        return f"{line}; no bandwidth of the scan has more"
    return f"{line}; bandwidth {best.bandwidth:.2g} has {best.alignment:.2f}"


def read_concentration(configured: KernelPoint, bandwidths: Sequence[KernelPoint]) -> str:
    """Where the entries concentrate, the shots that costs, and the bandwidth that costs least."""
    line = (
        f"{configured.n_qubits} qubits at bandwidth {configured.bandwidth:g}: entries concentrate "
        f"at {configured.mean:.2g}, {count(configured.shots)} shots per entry"
    )
    cheapest = min(bandwidths, key=lambda point: point.shots)
    if cheapest.bandwidth == configured.bandwidth:
        return f"{line}; no bandwidth of the scan needs fewer"
    return f"{line}; bandwidth {cheapest.bandwidth:.2g} needs {count(cheapest.shots)}"


def read_rank(rank: float, n_rows: int) -> str:
    """Whether all rows have nearly one state, or each row nearly an orthogonal one."""
    share = rank / n_rows
    word = "hardly tells rows apart" if rank < 2 else "tells rows apart, and likens some"
    if share > 0.8:
        word = "every row stands alone, so that little is learned about one from another"
    return f"effective rank {rank:.0f} of {n_rows}: {word}"


def read_geometry(figures: Diagnostics, n_rows: int) -> str:
    """Whether any labels exist on which the quantum kernel could win."""
    g, most = figures.geometric_difference, sqrt(n_rows)
    line = f"geometric difference {g:.2g} to {figures.classical_kernel} (up to {most:.2g})"
    if g < 2.0:
        return f"{line}: for any labels that classical kernel does about as well"
    return f"{line}: labels exist whose error bound is {g:.2g} times as large for that kernel"


def read_complexity(figures: Diagnostics, n_rows: int) -> str:
    """Which of the two fits these labels with the simpler function."""
    quantum, classical = figures.model_complexity, figures.classical_complexity
    line = f"model complexity for these labels {quantum:.0f}, classical {classical:.0f}"
    bounds = f"error bounds √(s/N) {sqrt(quantum / n_rows):.2f} and {sqrt(classical / n_rows):.2f}"
    if quantum < 0.9 * classical:
        return f"{line}: the quantum kernel has the simpler fit; {bounds}"
    if classical < 0.9 * quantum:
        return f"{line}: the classical kernel has the simpler fit; {bounds}"
    return f"{line}: as simple a fit; {bounds}"


def read_expressibility(divergence: float, n_qubits: int) -> str:
    """Whether the states fill their space like Haar-random ones, or only a part of it."""
    line = f"the states of the rows are {divergence:.2g} nats from Haar-random ones"
    if divergence < 0.1:
        return f"{line}: they fill the space of {n_qubits} qubits evenly, which concentrates"
    return f"{line}: they keep to a part of the space of {n_qubits} qubits"


def read_entanglement(q: float) -> str:
    """Whether the states are product states, or entangled until single qubits know nothing."""
    line = f"mean entanglement (Meyer-Wallach) {q:.2f} of 1"
    if q < 0.01:
        return f"{line}: product states, which a classical computer simulates qubit by qubit"
    if q > 0.9:
        return f"{line}: single qubits know next to nothing, which a local readout will feel"
    return line


def read_gradients(points: Sequence[PlateauPoint]) -> str:
    """How the gradient changes from the fewest to the most qubits, at equal repetitions."""
    first = min(points, key=lambda point: point.n_qubits)
    last = max(points, key=lambda point: point.n_qubits)
    if min(first.variance, last.variance) < _ROUNDING:
        return "the first qubit's ⟨Z⟩ does not depend on the parameters: read out something else"
    line = f"variance of the steepest derivative {last.variance:.2g} at {last.n_qubits} qubits"
    if first.n_qubits == last.n_qubits:
        return line
    factor = (last.variance / first.variance) ** (1 / (last.n_qubits - first.n_qubits))
    line += f", × {factor:.2g} with each qubit more from {first.variance:.2g}"
    return f"{line}: a barren plateau is ahead" if factor < 0.7 else f"{line}: trainable"


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
