"""Circuits from files: the same states, parameters in their order, one line for what is wrong."""

import jax
import numpy as np
import pytest
from qiskit import QuantumCircuit, qasm3, qpy
from qiskit.circuit import Parameter, ParameterVector
from qiskit.quantum_info import Statevector

from fewqubit.circuits.ansatze import ANSATZE
from fewqubit.circuits.feature_maps import FEATURE_MAPS
from fewqubit.circuits.load import ansatz_from, feature_map_from, read_circuit
from fewqubit.circuits.parameters import vector
from fewqubit.compiler.compiled import compile_circuit
from fewqubit.errors import CircuitError

QASM = """OPENQASM 3.0;
include "stdgates.inc";
input float[64] x_10;
input float[64] x_2;
input float[64] theta_1;
input float[64] theta_0;
qubit[2] q;
ry(2 * x_2 + x_10) q[0];
cx q[0], q[1];
rx(theta_0 * x_2) q[1];
rz(theta_1) q[0];
"""


def by_hand(x, theta):
    circuit = QuantumCircuit(2)
    circuit.ry(2 * x[0] + x[1], 0)
    circuit.cx(0, 1)
    circuit.rx(theta[0] * x[0], 1)
    circuit.rz(theta[1], 0)
    return circuit


def written(path, circuit):
    if path.suffix == ".qasm":
        path.write_text(qasm3.dumps(circuit), "utf-8")
    else:
        with path.open("wb") as file:
            qpy.dump(circuit, file)
    return path


def test_parameters_of_openqasm_are_in_the_order_of_their_numbers(tmp_path):
    path = tmp_path / "mine.qasm"
    path.write_text(QASM)
    compiled = compile_circuit(read_circuit(path))
    assert (compiled.n_qubits, compiled.n_inputs, compiled.n_weights) == (2, 2, 2)
    x, theta = np.array([0.3, -1.1]), np.array([0.8, 2.0])
    expected = Statevector(by_hand(x, theta)).data
    np.testing.assert_allclose(jax.jit(compiled.state)(x, theta), expected, atol=1e-6)


@pytest.mark.parametrize("suffix", [".qasm", ".qpy"])
@pytest.mark.parametrize("name", ["zz", "reuploading", "hardware_efficient"])
def test_what_qiskit_writes_is_read_back(name, suffix, tmp_path):
    circuit = FEATURE_MAPS[name](3, 2, 0.5)
    path = written(tmp_path / f"map{suffix}", circuit)
    ours, read = compile_circuit(circuit), compile_circuit(read_circuit(path))
    assert (ours.n_qubits, ours.n_inputs) == (read.n_qubits, read.n_inputs)
    assert ours.n_weights == read.n_weights
    random = np.random.default_rng(0)
    x, theta = random.normal(size=ours.n_inputs), random.normal(size=ours.n_weights)
    np.testing.assert_allclose(
        jax.jit(read.state)(x, theta), jax.jit(ours.state)(x, theta), atol=1e-5
    )


def test_bandwidth_scales_inputs_and_repetitions_have_weights_of_their_own(tmp_path):
    path = tmp_path / "mine.qasm"
    path.write_text(QASM)
    twice = compile_circuit(feature_map_from(path)(2, 2, 0.5))
    assert (twice.n_inputs, twice.n_weights) == (2, 4)
    x, theta = np.array([0.3, -1.1]), np.array([0.8, 2.0, -0.4, 1.0])
    expected = by_hand(0.5 * x, theta[:2]).compose(by_hand(0.5 * x, theta[2:]))
    np.testing.assert_allclose(
        jax.jit(twice.state)(x, theta), Statevector(expected).data, atol=1e-6
    )


@pytest.mark.parametrize("suffix", [".qasm", ".qpy"])
def test_an_ansatz_repeats_in_layers(suffix, tmp_path):
    path = written(tmp_path / f"ansatz{suffix}", ANSATZE["real_amplitudes"](3, 1))
    layers = ansatz_from(path)(3, 2)
    assert len(vector(layers, "θ")) == 12
    assert layers.count_ops() == {"ry": 12, "cx": 4}
    with pytest.raises(CircuitError, match="1 layer of it or more, got 0"):
        ansatz_from(path)(3, 0)


def test_elements_that_a_qpy_circuit_does_not_use_keep_their_place(tmp_path):
    x = ParameterVector("x", 3)
    circuit = QuantumCircuit(1, global_phase=0.4)
    circuit.ry(x[2], 0)
    path = written(tmp_path / "sparse.qpy", circuit)
    compiled = compile_circuit(feature_map_from(path)(1, 1, 1.0))
    assert compiled.n_inputs == 3
    expected = Statevector(circuit.assign_parameters({x[2]: 0.7})).data
    np.testing.assert_allclose(
        jax.jit(compiled.state)(np.array([9, 9, 0.7]), np.zeros(0)), expected, atol=1e-6
    )


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["alpha"], "'alpha' is neither an input x_0, x_1, … nor a weight"),
        (["x_1", "x[1]"], "two parameters have the same place"),
    ],
)
def test_parameters_of_other_names_are_refused(names, message, tmp_path):
    circuit = QuantumCircuit(1)
    for name in names:
        circuit.ry(Parameter(name), 0)
    with pytest.raises(CircuitError, match=f"other.qpy: .*{message}"):
        read_circuit(written(tmp_path / "other.qpy", circuit))


HEAD = b'OPENQASM 3.0;\ninclude "stdgates.inc";\n'


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.qasm", b"", "does not begin with OPENQASM 3"),
        ("a.qasm", b"OPENQASM 3.0; qubit", "expected a circuit in qasm"),
        ("a.qasm", b"OPENQASM 3.0; qubit q; nope q;", "'nope' is not defined"),
        ("a.qasm", b"\xff", "no UTF-8 text"),
        ("a.qasm", HEAD + b"qubit[2] q;\nh q[2];", r"index out of range.*line 4, column 2"),
        ("a.qasm", HEAD + b"qubit[2] q; for int i in [0:1] { h q[i]; }", "line 3"),
        ("a.qasm", HEAD + b"qubit q; ry(1/0) q;", "line 3, column"),
        ("a.qasm", HEAD + b"qubit q; ry(" + b"(" * 999 + b"1" + b")" * 999 + b") q;", "too deep"),
        ("a.qasm", HEAD + b"qubit[1000000000] q;", "declares 1000000000 qubits.*at most 20"),
        ("a.qasm", b"OPENQASM 2.0; qreg q[2]; h q[0];", "'h' before definition"),
        ("a.qasm", b'OPENQASM 2.0; include "/etc/hosts";', "another file"),
        ("a.qasm", HEAD + b"x" * 2_000_001, "2.0 MB, more than the 2 MB"),
        ("a.qpy", b"", "it ends too early"),
        ("a.qpy", b"QISKIT\xff\x00\x00", "version"),
        ("a.qpy", b"\x01" * 500, "not a valid QPY"),
    ],
)
def test_a_file_that_is_no_circuit_is_one_line(name, content, message, tmp_path):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CircuitError, match=message) as caught:
        read_circuit(tmp_path / name)
    assert "\n" not in str(caught.value)


def test_flipped_bytes_are_a_circuit_or_one_line(tmp_path):
    good = written(tmp_path / "good.qpy", FEATURE_MAPS["zz"](2, 1, 0.5)).read_bytes()
    random, path, lines = np.random.default_rng(5), tmp_path / "flipped.qpy", []
    for _ in range(30):
        flipped = bytearray(good)
        flipped[random.integers(6, len(flipped))] = random.integers(256)
        path.write_bytes(flipped)
        lines.append(_line(path))
    assert not [line for line in lines if "\n" in line]


def _line(path):
    """What is said of a file; nothing of a circuit."""
    try:
        compile_circuit(feature_map_from(path)(2, 1, 0.5))
    except CircuitError as error:
        return str(error)
    return ""


def test_openqasm_2_and_functions_of_parameters(tmp_path):
    path = tmp_path / "old.qasm"
    path.write_text(
        '// old\nOPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[2];\nh q[0];\n'
        "cu(.1,.2,.3,.4) q[0],q[1];"
    )
    expected = QuantumCircuit(2)
    expected.h(0)
    expected.cu(0.1, 0.2, 0.3, 0.4, 0, 1)
    np.testing.assert_allclose(
        compile_circuit(read_circuit(path)).state([], []), Statevector(expected).data, atol=1e-6
    )
    path.write_text(
        'OPENQASM 3.0; include "stdgates.inc"; input float x_0; qubit q;'
        "ry(arcsin(x_0) + sin(0.3) * cos(x_0)) q;"
    )
    angle = np.arcsin(0.2) + np.sin(0.3) * np.cos(0.2)
    np.testing.assert_allclose(
        compile_circuit(read_circuit(path)).state([0.2], []),
        [np.cos(angle / 2), np.sin(angle / 2)],
        atol=1e-6,
    )


def test_two_vectors_of_one_name_and_a_number_that_is_a_slip_are_refused(tmp_path):
    circuit = QuantumCircuit(2)
    circuit.ry(ParameterVector("x", 2)[0], 0)
    circuit.ry(ParameterVector("x", 3)[2], 1)
    with pytest.raises(CircuitError, match="two vectors that are both called 'x'"):
        compile_circuit(circuit)
    with pytest.raises(CircuitError, match="two vectors that are both called 'x'"):
        read_circuit(written(tmp_path / "two.qpy", circuit))
    circuit = QuantumCircuit(1)
    circuit.ry(Parameter("x_1000000"), 0)
    with pytest.raises(CircuitError, match="x_1000000 is one of 1"):
        read_circuit(written(tmp_path / "slip.qpy", circuit))


def test_a_missing_file_several_circuits_and_another_size(tmp_path):
    with pytest.raises(CircuitError, match="cannot be read: No such file"):
        read_circuit(tmp_path / "none.qasm")
    with (tmp_path / "two.qpy").open("wb") as file:
        qpy.dump([QuantumCircuit(1), QuantumCircuit(1)], file)
    with pytest.raises(CircuitError, match="2 circuits instead of one"):
        read_circuit(tmp_path / "two.qpy")
    path = tmp_path / "mine.qasm"
    path.write_text(QASM)
    with pytest.raises(CircuitError, match="2 qubits, the settings ask for 3"):
        feature_map_from(path)(3, 1, 1.0)
    with pytest.raises(CircuitError, match="weights only"):
        ansatz_from(path)
