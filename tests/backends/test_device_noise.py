"""A fake device's noise as matrices: beside Aer's density matrix and its shots."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, depolarizing_error
from qiskit_ibm_runtime.fake_provider import FakeManilaV2

from fewqubit.backends import build_backend
from fewqubit.backends.device_noise import channels_of, placed
from fewqubit.circuits.ansatze import ANSATZE
from fewqubit.circuits.feature_maps import FEATURE_MAPS
from fewqubit.circuits.parameters import vector
from fewqubit.compiler.density import compile_density
from fewqubit.config import Device
from fewqubit.errors import DeviceError, SettingsError
from fewqubit.states.density import density_matrix, pauli_reading
from fewqubit.states.readouts import z_operators

CIRCUIT = FEATURE_MAPS["zz"](3, 1, 0.5).compose(ANSATZE["real_amplitudes"](3, 1))
X, THETA = np.array([0.4, -1.1, 0.8]), np.linspace(-2, 2, 6)


def test_a_fake_device_is_aers_density_matrix_within_1e_6() -> None:
    """All of the device's gates, couplings and gate errors, on the qubits that are touched."""
    on = placed(CIRCUIT, "fake_manila")
    inputs, weights = vector(CIRCUIT, "x"), vector(CIRCUIT, "θ")
    density = compile_density(on.circuit, inputs, weights, on.noise._replace(readout={}))
    found = density_matrix(density(jnp.asarray(X), jnp.asarray(THETA)))
    values = dict(zip([*inputs, *weights], [*X, *THETA], strict=True))
    bound = on.circuit.assign_parameters(values)
    bound.save_density_matrix()
    model = NoiseModel()
    whole = NoiseModel.from_backend(FakeManilaV2())
    active = {number: qubit for qubit, number in _numbers(on).items()}
    for instruction in on.circuit.data:
        gate = instruction.operation.name
        qubits = tuple(on.circuit.find_bit(qubit).index for qubit in instruction.qubits)
        there = tuple(active[qubit] for qubit in qubits)
        error = whole._local_quantum_errors.get(gate, {}).get(there)
        known = model._local_quantum_errors.get(gate, {})
        if error is not None and qubits not in known:
            model.add_quantum_error(error, gate, qubits)
    simulator = AerSimulator(method="density_matrix", noise_model=model)
    expected = simulator.run(bound, shots=1).result().data()["density_matrix"]
    np.testing.assert_allclose(found, np.asarray(expected), atol=1e-6)


def _numbers(on: object) -> dict[int, int]:
    """Physical qubit -> its number in the placed circuit: the layout of the transpiled one."""
    from fewqubit.backends.registry import build_machine
    from fewqubit.backends.template import transpiled, transpiler

    device = Device(backend="noisy:fake_manila")
    body, read = transpiled(CIRCUIT, transpiler(build_machine(device), device))
    touched = {body.find_bit(q).index for one in body.data for q in one.qubits}
    return {qubit: number for number, qubit in enumerate(sorted(touched | {*read}))}


def test_readings_are_the_means_of_what_the_noisy_backend_measures() -> None:
    on, operators = placed(CIRCUIT, "fake_manila"), z_operators(3)
    density = compile_density(on.circuit, vector(CIRCUIT, "x"), vector(CIRCUIT, "θ"), on.noise)
    mixed = density(jnp.asarray(X), jnp.asarray(THETA))
    found = [pauli_reading(mixed, on.on_device(operator)) for operator in operators]
    shots = 40_000
    backend = build_backend(Device(backend="noisy:fake_manila", shots=shots))
    seen, _ = backend(CIRCUIT).expectations(X[None], THETA, operators, jax.random.key(0))
    np.testing.assert_allclose(found, seen[0], atol=4.5 / shots**0.5)


def test_twirling_keeps_the_diagonals_of_gate_errors() -> None:
    plain, twirl = (placed(CIRCUIT, word) for word in ("fake_manila", "twirled:fake_manila"))
    gate = next(one for one in plain.circuit.data if one.operation.name == "cx")
    qubits = tuple(plain.circuit.find_bit(qubit).index for qubit in gate.qubits)
    before, after = (on.noise.after("cx", qubits) for on in (plain, twirl))
    np.testing.assert_array_equal(after, np.diag(np.diag(before)))
    assert np.abs(before - after).max() > 1e-5


def test_refusals_say_what_was_expected() -> None:
    with pytest.raises(SettingsError, match="unknown fake device 'fake_nothing'"):
        placed(CIRCUIT, "fake_nothing")
    with pytest.raises(SettingsError, match="a strength behind the colon"):
        placed(CIRCUIT, "depolarizing:much")
    with pytest.raises(DeviceError, match="the circuit has 6 qubits, fake_manila 5"):
        placed(FEATURE_MAPS["zz"](6, 1, 0.5), "fake_manila")
    model = NoiseModel()
    model.add_all_qubit_quantum_error(depolarizing_error(0.1, 1), ["sx"])
    with pytest.raises(SettingsError, match="expected errors of named qubits"):
        channels_of(model)
