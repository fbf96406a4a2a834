"""How many circuits a gradient by parameter shift takes; none is run."""

from typing import NamedTuple

from qiskit import QuantumCircuit

from fewqubit.backends.gradients.occurrences import occurrences
from fewqubit.circuits.parameters import vector


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
    n_inputs, apart = len(vector(circuit, "x")), occurrences(circuit)
    turns = [
        (2 * len(frequencies), min(places) < n_inputs, max(places) >= n_inputs)
        for frequencies, places in zip(apart.frequencies, apart.parameters, strict=True)
    ]
    return Shifted(
        sum(count for count, of_inputs, _ in turns if of_inputs),
        sum(count for count, _, _ in turns),
        sum(count for count, _, of_weights in turns if of_weights),
    )
