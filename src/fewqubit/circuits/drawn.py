"""The circuit that a learner's settings describe: feature map, then ansatz."""

from qiskit import QuantumCircuit, qasm3
from qiskit.circuit import ParameterVector

from fewqubit.circuits.circuit import Circuit
from fewqubit.circuits.from_zero import without_resets
from fewqubit.circuits.named import find_ansatz, find_feature_map
from fewqubit.circuits.parameters import renamed, vector
from fewqubit.circuits.separable import has_entanglers, without_entanglers
from fewqubit.circuits.superpose import superposed
from fewqubit.errors import CircuitError


def draw_up(settings: Circuit) -> QuantumCircuit:
    """Feature map and ansatz, or the other way round, as one circuit of the vectors "x" and "θ".

    θ holds the map's weights first, wherever the ansatz stands.

    Raises ``SettingsError`` for an unknown name, ``CircuitError`` for parts that do not fit.
    """
    make_map = find_feature_map(settings.feature_map)
    make_ansatz = find_ansatz(settings.ansatz)
    feature_map = make_map(settings.n_qubits, settings.repetitions, settings.bandwidth)
    ansatz = make_ansatz(settings.n_qubits, settings.layers)
    if feature_map.num_qubits != ansatz.num_qubits:
        raise CircuitError(
            f"feature map '{settings.feature_map}' has {feature_map.num_qubits} qubits, "
            f"ansatz '{settings.ansatz}' {ansatz.num_qubits}; both need {settings.n_qubits}"
        )
    first, second = vector(feature_map, "θ"), vector(ansatz, "θ")
    theta = ParameterVector("θ", len(first) + len(second))
    encoder = renamed(feature_map, first, theta[: len(first)])
    trained = renamed(ansatz, second, theta[len(first) :])
    return without_resets(encoder.compose(trained, front=settings.ansatz_place == "before"))


def circuits_of(
    settings: Circuit, entanglers: bool = True, together: bool = False
) -> list[QuantumCircuit]:
    """What a device runs for one example: the circuit; members one by one, or all superposed.

    ``together``: superposed in any case, as states are compared.
    """
    drawn = [draw_up(one) for one in of_each_map(settings)]
    each = drawn if entanglers else [without_entanglers(circuit) for circuit in drawn]
    members = [circuit for circuit in each for _ in range(settings.members)]
    if len(members) == 1 or (settings.combine == "concat" and not together):
        return members
    return [superposed(members)]


def entangles(settings: Circuit) -> bool:
    """Whether the circuit of ``settings`` differs from the one without entanglers."""
    return any(has_entanglers(draw_up(one)) for one in of_each_map(settings))


def circuit_text(circuit: QuantumCircuit) -> str:
    """The circuit as OpenQASM 3: the same settings give the same text.

    Not QPY, which writes the parameters of an expression in the order of a hash set.
    """
    return qasm3.dumps(circuit)


def of_each_map(settings: Circuit) -> list[Circuit]:
    """The circuit by itself, and in an ensemble those with further feature maps, each by itself."""
    maps, alone = (settings.feature_map, *settings.bagged), {"members": 1, "bagged": ()}
    return [settings.model_copy(update={"feature_map": name} | alone) for name in maps]
