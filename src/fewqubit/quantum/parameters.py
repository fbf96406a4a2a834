"""The vectors of parameters that circuits here are written in: "x", the inputs, and "θ"."""

from collections.abc import Sequence

from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVectorElement


def vector(circuit: QuantumCircuit, name: str) -> list[Parameter]:
    """All elements of the vector ``name``, those that the circuit does not use included."""
    for parameter in circuit.parameters:
        if isinstance(parameter, ParameterVectorElement) and parameter.vector.name == name:
            return list(parameter.vector)
    return []


def renamed(
    circuit: QuantumCircuit, old: Sequence[Parameter], new: Sequence[Parameter]
) -> QuantumCircuit:
    """``circuit`` in the parameters ``new``: two vectors of the name "θ" could not meet in one."""
    pairs = zip(old, new, strict=True)
    return circuit.assign_parameters({a: b for a, b in pairs if a in circuit.parameters})
