"""How many circuits a gradient by parameter shift takes; none is run."""

from typing import NamedTuple

from qiskit import QuantumCircuit

from fewqubit.backends.gradients.occurrences import Slopes, occurrences


class Shifted(NamedTuple):
    """Shifted circuits of one row, by what the angles that are shifted depend on.

    inputs:  on inputs, and perhaps on weights
    both:    on inputs, weights or both
    weights: on weights, and perhaps on inputs
    """

    inputs: int
    both: int
    weights: int


def count_shifted(circuit: QuantumCircuit) -> Shifted:
    """Two circuits for each frequency of each rotation: ``parameter_shift``'s bill, less one."""
    apart = occurrences(circuit)

    def runs(wanted: Slopes) -> int:
        moved = zip(apart.frequencies, apart.moved_by(wanted), strict=True)
        return sum(2 * len(frequencies) for frequencies, moves in moved if moves)

    return Shifted(runs("inputs"), runs("both"), runs("weights"))
