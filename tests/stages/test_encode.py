"""The encode stage: what is fitted, what is stored, and that chunks do not show."""

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.quantum_info import Pauli, Statevector

from fewqubit.base.keys import root_key
from fewqubit.circuits.feature_maps import reuploading, zz
from fewqubit.diagnostics.pictures.circuit import draw_circuit
from fewqubit.diagnostics.pictures.heat_map import draw_gram
from fewqubit.errors import CircuitError, DataError, SettingsError
from fewqubit.stages import encode as stage
from fewqubit.states.scaling import apply_scaling

RNG = np.random.default_rng(1)
X, Y = RNG.normal(size=(50, 2, 4)), np.repeat(np.arange(5), 10)


def encode(circuit, x=X, report=lambda done: None):
    return stage.encode(circuit, x, Y, [0, 1, 2], root_key(0), report)


def test_states_are_qiskits_and_chunks_do_not_show(monkeypatch):
    whole, done = encode(zz(3, 1, 0.5)), []
    monkeypatch.setattr(stage, "CHUNK_AMPLITUDES", 8 * 16)
    parts = encode(zz(3, 1, 0.5), report=done.append)
    assert done == [16, 32, 48, 50]
    np.testing.assert_allclose(parts.states, whole.states, atol=1e-5)
    inputs = apply_scaling(whole.scaling, X.reshape(50, -1))
    expected = Statevector(zz(3, 1, 0.5).assign_parameters(inputs[7].astype(float)))
    np.testing.assert_allclose(whole.states[7], expected.data, atol=1e-5)
    z = expected.expectation_value(Pauli("Z"), [1]).real
    np.testing.assert_allclose(whole.projected[7, 1, 2], z, atol=1e-5)


def test_only_meta_train_classes_decide_the_scale_and_the_diagnostics():
    changed = X.copy()
    changed[Y > 2] = 100 * changed[Y > 2] + 3
    before, after = encode(zz(3, 1, 0.5)), encode(zz(3, 1, 0.5), changed)
    np.testing.assert_array_equal(before.scaling.components, after.scaling.components)
    np.testing.assert_array_equal(before.gram, after.gram)
    assert before.diagnostics == after.diagnostics
    assert sorted(set(before.sample.labels)) == [0, 1, 2]


def test_weights_of_a_trainable_map_are_drawn_from_the_key_and_kept():
    first, second = encode(reuploading(2, 1, 1.0)), encode(reuploading(2, 1, 1.0))
    assert first.theta.shape == (6,)
    np.testing.assert_array_equal(first.states, second.states)


def test_too_many_states_are_refused(monkeypatch):
    monkeypatch.setattr(stage, "MAX_STORED_BYTES", 1000)
    with pytest.raises(SettingsError, match="50 states of 3 qubits"):
        encode(zz(3, 1, 0.5))


def test_rows_are_as_many_of_each_class_sorted():
    rows = stage.evenly_spaced_rows(np.array([1, 0, 1, 0, 1, 2, 0, 1]), [1, 0], 4)
    assert rows.tolist() == [1, 6, 0, 7]


def test_pictures_have_the_same_bytes_every_time(tmp_path):
    encoded = encode(zz(3, 1, 0.5))
    for name in ("a", "b"):
        draw_gram(
            tmp_path / f"gram_{name}.png", encoded.gram, encoded.sample.labels, "abcde", "t", "s"
        )
        draw_circuit(tmp_path / f"circuit_{name}.png", reuploading(3, 2, 1.0), "t")
    for kind in ("gram", "circuit"):
        first, second = ((tmp_path / f"{kind}_{n}.png").read_bytes() for n in "ab")
        assert first.startswith(b"\x89PNG")
        assert first == second


def test_an_example_that_is_no_number_or_has_no_state_is_named():
    holed = X.copy()
    holed[7, 1, 2] = np.nan
    with pytest.raises(DataError, match="examples, row 7, column 6 is nan"):
        encode(zz(3, 1, 0.5), holed)
    circuit = QuantumCircuit(1)
    circuit.ry((ParameterVector("x", 1)[0] + 50).log(), 0)
    fine = encode(circuit, np.ones((50, 1)) * np.arange(50)[:, None] / 50)
    assert np.isfinite(fine.states).all()
    low = np.arange(50.0)[:, None]
    low[44] = -1e6
    with pytest.raises(CircuitError, match="row 44: its state is not finite"):
        encode(circuit, low)
