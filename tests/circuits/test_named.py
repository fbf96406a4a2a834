"""A name in params.yaml is a row, a file or a function."""

import pytest

from fewqubit.circuits.ansatze import ANSATZE
from fewqubit.circuits.drawn import circuit_text, draw_up
from fewqubit.circuits.feature_maps import FEATURE_MAPS
from fewqubit.circuits.named import find_ansatz, find_feature_map
from fewqubit.circuits.names import ANSATZ_NAMES, FEATURE_MAP_NAMES
from fewqubit.circuits.parameters import vector
from fewqubit.config import Circuit
from fewqubit.errors import CircuitError, OwnCodeError, SettingsError


def test_rows_and_functions():
    assert find_feature_map("zz") is FEATURE_MAPS["zz"]
    assert find_ansatz("none") is ANSATZE["none"]


def test_the_names_are_those_of_the_rows():
    """Settings are checked against the names, without Qiskit."""
    assert (*FEATURE_MAPS,) == FEATURE_MAP_NAMES
    assert (*ANSATZE,) == ANSATZ_NAMES


def test_a_function_is_called_and_looked_at(allow):
    allow("circuits.test_named")
    made = find_feature_map("circuits.test_named:own_map")(2, 1, 1.0)
    assert made.count_ops() == FEATURE_MAPS["angle"](2, 1, 1.0).count_ops()
    with pytest.raises(CircuitError, match="own_map' has 4 qubits, the settings ask for 7"):
        find_feature_map("circuits.test_named:own_map")(7, 1, 1.0)
    with pytest.raises(CircuitError, match="only_weights' has no inputs"):
        find_feature_map("circuits.test_named:only_weights")(2, 1, 1.0)
    for find, sizes in ((find_feature_map, (2, 1, 1.0)), (find_ansatz, (2, 1))):
        with pytest.raises(OwnCodeError, match=r"expected a QuantumCircuit, .* returned NoneType"):
            find("circuits.test_named:nothing")(*sizes)


def own_map(n_qubits, repetitions, bandwidth):
    return FEATURE_MAPS["angle"](min(n_qubits, 4), repetitions, bandwidth)


def only_weights(n_qubits, repetitions, bandwidth):
    return ANSATZE["real_amplitudes"](n_qubits, repetitions)


def nothing(*sizes): ...


def test_a_file_stands_where_a_name_does(tmp_path):
    for name, circuit in (
        ("map", FEATURE_MAPS["reuploading"](2, 1, 1.0)),
        ("ansatz", ANSATZE["real_amplitudes"](2, 1)),
    ):
        (tmp_path / f"{name}.qasm").write_text(circuit_text(circuit), "utf-8")
    settings = Circuit(
        feature_map=str(tmp_path / "map.qasm"),
        n_qubits=2,
        ansatz=str(tmp_path / "ansatz.qasm"),
        layers=2,
    )
    whole = draw_up(settings)
    assert (len(vector(whole, "x")), len(vector(whole, "θ"))) == (2, 6 + 8)


@pytest.mark.parametrize("find", [find_feature_map, find_ansatz])
def test_what_is_nothing_is_an_error(find):
    with pytest.raises(SettingsError, match="unknown"):
        find("nope")
    with pytest.raises(CircuitError, match=r"nope\.qasm: cannot be read"):
        find("nope.qasm")
