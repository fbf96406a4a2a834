"""Feature maps and ansätze by name: a registry row, a file, or a function of the user's."""

from qiskit import QuantumCircuit

from fewqubit.base.registry import resolve
from fewqubit.base.usercode import OwnCode
from fewqubit.circuits.ansatze import ANSATZE, Ansatz
from fewqubit.circuits.feature_maps import FEATURE_MAPS, FeatureMap
from fewqubit.circuits.load import ansatz_from, feature_map_from, is_circuit
from fewqubit.circuits.parameters import vector
from fewqubit.errors import CircuitError, OwnCodeError


def find_feature_map(name: str) -> FeatureMap:
    """The row ``name``, the circuit in the file ``name``, or the function at "module:function".

    Raises ``SettingsError`` for an unknown name, ``CircuitError`` for a file that is no circuit.
    Circuits of the last two are checked: a map without inputs would train to chance.
    """
    make = _from_file(name) or resolve(name, FEATURE_MAPS, "feature map")
    if name in FEATURE_MAPS:
        return make

    def checked(n_qubits: int, repetitions: int, bandwidth: float) -> QuantumCircuit:
        with OwnCode(f"feature map '{name:.80}'"):
            circuit = make(n_qubits, repetitions, bandwidth)
        _check("feature map", name, circuit, n_qubits)
        if not vector(circuit, "x"):
            raise CircuitError(
                f"feature map '{name:.80}' has no inputs, so all examples would look alike; its "
                'inputs are a ParameterVector "x" (in OpenQASM x_0, x_1, …)'
            )
        return circuit

    return checked


def find_ansatz(name: str) -> Ansatz:
    """``find_feature_map`` for ansätze."""
    if is_circuit(name):
        return ansatz_from(name)
    make = resolve(name, ANSATZE, "ansatz")
    if name in ANSATZE:
        return make

    def checked(n_qubits: int, layers: int) -> QuantumCircuit:
        with OwnCode(f"ansatz '{name}'"):
            circuit = make(n_qubits, layers)
        _check("ansatz", name, circuit, n_qubits)
        return circuit

    return checked


def _from_file(name: str) -> FeatureMap | None:
    return feature_map_from(name) if is_circuit(name) else None


def _check(what: str, name: str, circuit: object, n_qubits: int) -> None:
    if not isinstance(circuit, QuantumCircuit):
        raise OwnCodeError(
            f"{what} '{name}': expected a QuantumCircuit, the function returned "
            f"{type(circuit).__name__}"
        )
    if circuit.num_qubits != n_qubits:
        raise CircuitError(
            f"{what} '{name}' has {circuit.num_qubits} qubits, the settings ask for {n_qubits}"
        )
