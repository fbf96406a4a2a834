"""What is done with states: observables and readouts, kernels and their Gram matrices."""

from fewqubit.states.kernels import (
    class_fidelities,
    fidelity_cross,
    fidelity_gram,
    projected_cross,
    projected_features,
    projected_gram,
)
from fewqubit.states.observables import (
    bloch_vectors,
    expectation,
    pauli_z_expectations,
    pauli_zz_expectations,
    probabilities,
    zero_probability,
)

__all__ = [
    "bloch_vectors",
    "class_fidelities",
    "expectation",
    "fidelity_cross",
    "fidelity_gram",
    "pauli_z_expectations",
    "pauli_zz_expectations",
    "probabilities",
    "projected_cross",
    "projected_features",
    "projected_gram",
    "zero_probability",
]
