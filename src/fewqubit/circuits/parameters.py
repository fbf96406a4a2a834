"""The vectors of parameters that circuits here are written in: "x", the inputs, and "θ"."""

from collections.abc import Sequence

from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVectorElement

from fewqubit.errors import CircuitError


def vector(circuit: QuantumCircuit, name: str) -> list[Parameter]:
    """All elements of the vector ``name``, those that the circuit does not use included.

    Raises ``CircuitError`` for elements of two vectors of that name, as two maps that were joined
    may have them.
    """
    elements = [
        parameter
        for parameter in circuit.parameters
        if isinstance(parameter, ParameterVectorElement) and parameter.vector.name == name
    ]
    if len({element.uuid.int - element.index for element in elements}) > 1:
        raise CircuitError(
            f"circuit '{circuit.name}' has elements of two vectors that are both called '{name}'; "
            "use one vector for both parts"
        )
    return list(elements[0].vector) if elements else []


def renamed(
    circuit: QuantumCircuit, old: Sequence[Parameter], new: Sequence[Parameter]
) -> QuantumCircuit:
    """``circuit`` in the parameters ``new``: two vectors of the name "θ" could not meet in one."""
    pairs = zip(old, new, strict=True)
    return circuit.assign_parameters({a: b for a, b in pairs if a in circuit.parameters})
