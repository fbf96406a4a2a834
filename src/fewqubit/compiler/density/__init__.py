"""Circuits with noise: QuantumCircuit and channels -> JAX function (x, θ) -> density matrix.

A density matrix is held by its expectations of all Pauli strings, r_P = Tr(P ρ), 4ⁿ real numbers:
gates and channels are real matrices on them, and a reading is one entry. ``channels`` has the
channels, ``emit`` the function, ``trajectories`` what stands in its place for many qubits.
"""

from fewqubit.compiler.density.channels import (
    Channel,
    Noise,
    amplitude_damping,
    depolarizing,
    everywhere,
    phase_damping,
    readout_error,
    twirled,
)
from fewqubit.compiler.density.emit import MAX_DENSITY_QUBITS, compile_density

__all__ = [
    "MAX_DENSITY_QUBITS",
    "Channel",
    "Noise",
    "amplitude_damping",
    "compile_density",
    "depolarizing",
    "everywhere",
    "phase_damping",
    "readout_error",
    "twirled",
]
