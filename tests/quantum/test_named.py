"""A name in params.yaml is a row, a file or a function."""

import pytest

from fewqubit.config import Circuit
from fewqubit.errors import CircuitError, SettingsError
from fewqubit.quantum import ANSATZE, FEATURE_MAPS, circuit_text, draw_up
from fewqubit.quantum.named import find_ansatz, find_feature_map
from fewqubit.quantum.parameters import vector


def test_rows_and_functions():
    assert find_feature_map("zz") is FEATURE_MAPS["zz"]
    assert find_ansatz("none") is ANSATZE["none"]
    assert find_feature_map("fewqubit.quantum.feature_maps:iqp") is FEATURE_MAPS["iqp"]


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
