"""A circuit that is handed over as an object, kept as its text: the same states, and it travels."""

from pathlib import Path

import numpy as np
import pytest
from qiskit import QuantumCircuit, qpy
from qiskit.circuit import Parameter
from qiskit.circuit.library import pauli_feature_map, real_amplitudes, zz_feature_map
from qiskit.quantum_info import Statevector

import fewqubit as fq
from fewqubit.circuits.drawn import draw_up
from fewqubit.circuits.load import text_of
from fewqubit.circuits.parameters import vector
from fewqubit.errors import CircuitError

X = np.array([0.1, 0.7, -1.3])


def bound(circuit: QuantumCircuit, theta: np.ndarray) -> np.ndarray:
    values = [*zip(vector(circuit, "x"), X, strict=True)]
    values += [*zip(vector(circuit, "θ"), theta, strict=True)]
    return Statevector(circuit.assign_parameters(dict(values))).data


@pytest.mark.parametrize(
    "feature_map", [zz_feature_map(3, 2), pauli_feature_map(3, 1, paulis=["Y", "ZX"])]
)
def test_it_gives_the_states_of_the_object(feature_map: QuantumCircuit) -> None:
    ansatz, theta = real_amplitudes(3, reps=1), np.linspace(-2, 2, 6)
    circuit = fq.Circuit(feature_map, ansatz=ansatz, layers=1)
    assert circuit.n_qubits == 3
    assert eval(repr(circuit), {"Circuit": fq.Circuit}) == circuit
    whole = feature_map.compose(ansatz)
    overlap = np.vdot(bound(draw_up(circuit), theta), bound(whole, theta))
    assert abs(overlap) == pytest.approx(1, abs=1e-12)  # a global phase is lost in OpenQASM


def test_a_parameter_of_no_known_name_is_one_line() -> None:
    circuit = QuantumCircuit(1)
    circuit.rx(Parameter("alpha"), 0)
    with pytest.raises(CircuitError, match="parameter 'alpha' is neither an input"):
        fq.Circuit(circuit)


def test_a_saved_model_needs_no_circuit_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("own").mkdir()
    with Path("own/map.qpy").open("wb") as file:
        qpy.dump(zz_feature_map(2, 1), file)
    circuit = fq.Circuit("own/map.qpy", n_qubits=2)
    random = np.random.default_rng(0)
    x, y = random.normal(size=(4, 3)), ["a", "b", "a", "b"]
    model = fq.FewShotClassifier(fq.Scratch(circuit=circuit, inner_steps=2), verbose=False)
    answers = model.fit(x, y).predict_proba(x)
    model.save("whole")
    model.save_adapted("adapted")
    elsewhere = tmp_path / "elsewhere"
    for name in ("whole", "adapted"):
        (tmp_path / name).rename(elsewhere.with_name(f"moved-{name}"))
    Path("own/map.qpy").unlink()
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    again = fq.FewShotClassifier.load("../moved-whole")
    np.testing.assert_array_equal(again.predict_proba(x), answers)
    np.testing.assert_allclose(again.fit(x, y).predict_proba(x), answers, atol=1e-5)
    adapted = fq.AdaptedClassifier.load("../moved-adapted")
    np.testing.assert_array_equal(adapted.predict_proba(x), answers)


def test_a_name_stays_a_name() -> None:
    assert text_of("zz") == "zz"
