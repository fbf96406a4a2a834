"""Feature maps and ansätze from files: OpenQASM 3 or 2 (``.qasm``) and QPY (``.qpy``).

A circuit can also be named by its own text in OpenQASM, as a ``QuantumCircuit`` that is handed to
``fq.Circuit`` is, and a file once it is part of a saved model.

Inputs are the parameters x_0, x_1, … and weights theta_0, theta_1, … (or θ_0, …), in the order of
their numbers: x_10 behind x_2. Qiskit's own spellings are read too: the vectors "x" and "θ" of a
QPY file, and ``_x_0_``, which Qiskit writes into OpenQASM for x[0].
"""

import re
import stat
from collections.abc import Callable
from pathlib import Path

from qiskit import QuantumCircuit, qasm3
from qiskit.circuit import Parameter, ParameterVector
from qiskit.exceptions import QiskitError

from fewqubit.circuits.bounds import MAX_QUBITS
from fewqubit.circuits.parameters import vector
from fewqubit.circuits.reading import read_apart
from fewqubit.errors import CircuitError

READERS = (".qasm", ".qpy")
MAX_BYTES = 2_000_000
TEXT = "OPENQASM"  # with which a circuit begins that is named by its own text

_SPELLING = re.compile(r"_*(x|θ|theta)[_\[]*(\d{0,9})\]?_*")


def is_circuit(name: str) -> bool:
    """Whether ``name`` is a file with a circuit, or a circuit's own text."""
    return name.startswith(TEXT) or Path(name).suffix in READERS


def text_of(name: str) -> str:
    """``name``; of a file the circuit in it as OpenQASM 3, which is found wherever it is read."""
    return circuit_as_text(read_circuit(name)) if Path(name).suffix in READERS else name


def circuit_as_text(circuit: QuantumCircuit) -> str:
    """OpenQASM 3 of a circuit of inputs and weights.

    Raises ``CircuitError``: a parameter is neither, or OpenQASM has no words for a gate.
    """
    try:
        return qasm3.dumps(_named(circuit))
    except QiskitError as error:
        raise CircuitError(f"circuit '{circuit.name}': no OpenQASM 3 of it: {error}") from None


def feature_map_from(name: str | Path) -> Callable[[int, int, float], QuantumCircuit]:
    """A circuit's file, or its text, as a feature map: every input x_i enters as bandwidth · x_i.

    Repetitions share their inputs and have weights of their own. Raises ``CircuitError`` for a
    file that is no circuit of inputs and weights, and for another number of qubits.
    """
    circuit = read_circuit(name)

    def feature_map(n_qubits: int, repetitions: int, bandwidth: float) -> QuantumCircuit:
        _check_size(circuit, n_qubits, name)
        repeated = _repeated(circuit, repetitions)
        used = [p for p in vector(repeated, "x") if p in repeated.parameters]
        return repeated.assign_parameters({p: bandwidth * p for p in used})

    return feature_map


def ansatz_from(name: str | Path) -> Callable[[int, int], QuantumCircuit]:
    """A circuit's file, or its text, as an ansatz: every layer has weights of its own.

    Raises ``CircuitError`` as ``feature_map_from``, for inputs, and for no layer.
    """
    circuit, shown = read_circuit(name), _shown_name(name)
    if vector(circuit, "x"):
        raise CircuitError(f"{shown}: an ansatz has weights only; inputs belong in a feature map")

    def ansatz(n_qubits: int, repetitions: int) -> QuantumCircuit:
        _check_size(circuit, n_qubits, name)
        if repetitions < 1:
            raise CircuitError(f"{shown}: expected 1 layer of it or more, got {repetitions}")
        return _repeated(circuit, repetitions)

    return ansatz


def read_circuit(name: str | Path) -> QuantumCircuit:
    """The circuit of a file, or of a text: its inputs the vector "x", its weights the vector "θ".

    Raises ``CircuitError`` for a file that is missing, is no circuit, or has other parameters.
    """
    content, suffix = _content(name)
    try:
        circuit = read_apart(content, suffix, MAX_QUBITS)
    except CircuitError as error:
        raise CircuitError(
            f"{_shown_name(name)}: expected a circuit in {suffix[1:]}, but {error}"
        ) from None
    try:
        return _named(circuit)
    except CircuitError as error:
        raise CircuitError(f"{_shown_name(name)}: {error}") from None


def _shown_name(name: str | Path) -> str:
    """How error messages name the circuit."""
    return "this circuit" if str(name).startswith(TEXT) else str(name)


def _content(name: str | Path) -> tuple[bytes, str]:
    """The bytes of a circuit and the suffix of their kind.

    Of a file of bounded size; a pipe is refused before it is opened.
    """
    if str(name).startswith(TEXT):
        return str(name).encode(), ".qasm"
    path = Path(name)
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode) and not stat.S_ISDIR(status.st_mode):
            raise CircuitError(f"{path}: cannot be read: it is no ordinary file")
        if status.st_size > MAX_BYTES:
            raise CircuitError(
                f"{path}: it has {status.st_size / 1e6:.1f} MB, more than the "
                f"{MAX_BYTES / 1e6:.0f} MB that are read"
            )
        return path.read_bytes(), path.suffix
    except OSError as error:
        raise CircuitError(f"{path}: cannot be read: {error.strerror}") from None


def _named(circuit: QuantumCircuit) -> QuantumCircuit:
    """``circuit`` in the vectors "x" and "θ". Raises ``CircuitError`` for any other parameter."""
    places: dict[Parameter, tuple[str, int]] = {}
    for parameter in circuit.parameters:
        spelling = _SPELLING.fullmatch(parameter.name)
        if spelling is None:
            raise CircuitError(
                f"parameter '{parameter.name[:40]}' is neither an input x_0, x_1, … nor a weight "
                "theta_0, theta_1, …; rename it"
            )
        places[parameter] = ("x" if spelling[1] == "x" else "θ", int(spelling[2] or 0))
    new: dict[Parameter, Parameter] = {}
    for name in ("x", "θ"):
        old = [p for p in places if places[p][0] == name]
        numbers = [places[p][1] for p in old]
        if len(set(numbers)) < len(numbers):
            raise CircuitError(f"two parameters have the same place: {[p.name for p in old]}")
        elements = vector(circuit, name)  # elements that the circuit does not use included
        old = elements if {*old} <= {*elements} else sorted(old, key=lambda p: places[p][1])
        _check_numbers(name, numbers, elements)
        new |= zip(old, ParameterVector(name, len(old)), strict=True)
    return circuit.assign_parameters({p: new[p] for p in places})


def _check_numbers(name: str, numbers: list[int], elements: list[Parameter]) -> None:
    """Raises ``CircuitError``: a number is so large that it can only be a slip of the pen."""
    if not elements and numbers and max(numbers) > 2 * len(numbers) + 100:
        raise CircuitError(
            f"parameter {name}_{max(numbers)} is one of {len(numbers)}; number them 0, 1, 2, …"
        )


def _repeated(circuit: QuantumCircuit, repetitions: int) -> QuantumCircuit:
    """``circuit`` repeated, with the same inputs and new weights."""
    old = vector(circuit, "θ")
    theta = ParameterVector("θ", len(old) * repetitions)
    result = circuit.copy_empty_like()
    result.global_phase = 0
    for repetition in range(repetitions):
        weights = theta[repetition * len(old) : (repetition + 1) * len(old)]
        new = {a: b for a, b in zip(old, weights, strict=True) if a in circuit.parameters}
        result.compose(circuit.assign_parameters(new), inplace=True)
    return result


def _check_size(circuit: QuantumCircuit, n_qubits: int, name: str | Path) -> None:
    if circuit.num_qubits != n_qubits:
        raise CircuitError(
            f"{_shown_name(name)} has {circuit.num_qubits} qubits, the settings ask for {n_qubits}"
        )
