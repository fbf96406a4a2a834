"""Circuits: feature maps and ansätze as Qiskit circuits, compiled to JAX functions."""

from fewqubit.quantum.ansatze import ANSATZE
from fewqubit.quantum.build import build_circuit, build_separable, circuit_text, draw_up, entangles
from fewqubit.quantum.compile import CompiledCircuit, compile, compile_circuit
from fewqubit.quantum.feature_maps import FEATURE_MAPS
from fewqubit.quantum.halves import Halves
from fewqubit.quantum.kernels import (
    class_fidelities,
    fidelity_cross,
    fidelity_gram,
    projected_cross,
    projected_features,
    projected_gram,
)
from fewqubit.quantum.observables import (
    bloch_vectors,
    expectation,
    pauli_z_expectations,
    pauli_zz_expectations,
    probabilities,
    zero_probability,
)

__all__ = [
    "ANSATZE",
    "FEATURE_MAPS",
    "CompiledCircuit",
    "Halves",
    "bloch_vectors",
    "build_circuit",
    "build_separable",
    "circuit_text",
    "class_fidelities",
    "compile",
    "compile_circuit",
    "draw_up",
    "entangles",
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
