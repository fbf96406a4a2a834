"""Feature maps are what their docstrings say."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from qiskit.circuit.library import pauli_feature_map, zz_feature_map
from qiskit.quantum_info import Statevector, state_fidelity

from fewqubit.circuits.amplitude import amplitude, amplitude_angles
from fewqubit.circuits.bounds import ONLY
from fewqubit.circuits.drawn import circuit_text
from fewqubit.circuits.feature_maps import FEATURE_MAPS, pauli
from fewqubit.circuits.parameters import vector
from fewqubit.compiler.compiled import compile_circuit


def test_zz_is_qiskits_up_to_a_phase():
    numbers = np.array([0.3, -1.2, 2.0])
    ours = Statevector(FEATURE_MAPS["zz"](3, 2, 1.0).assign_parameters(numbers))
    theirs = Statevector(zz_feature_map(3, 2).assign_parameters(numbers))
    assert np.isclose(state_fidelity(ours, theirs), 1.0)


@pytest.mark.parametrize("strings", [("Z", "XX"), ("X", "Y", "ZY"), ("YXZ",)])
def test_pauli_is_qiskits_up_to_a_phase(strings):
    numbers = np.array([0.3, -1.2, 2.0])
    ours = Statevector(pauli(3, 2, 1.0, strings).assign_parameters(numbers))
    theirs = pauli_feature_map(3, 2, entanglement="full", paulis=list(strings))
    assert np.isclose(state_fidelity(ours, Statevector(theirs.assign_parameters(numbers))), 1.0)


@pytest.mark.parametrize("n_qubits", [1, 2, 3])
@given(st.data())
@settings(max_examples=15, deadline=None)
def test_amplitudes_become_amplitudes(n_qubits, data):
    numbers = st.sampled_from([0.0, 1.0, -1.0]) | st.floats(-5, 5, width=32)
    amplitudes = np.array(data.draw(st.tuples(*[numbers] * 2**n_qubits)))
    assume(np.linalg.norm(amplitudes) > 1e-3)
    angles = np.asarray(amplitude_angles(jnp.asarray(amplitudes)))
    state = Statevector(amplitude(n_qubits, 1, 1.0).assign_parameters(angles)).data
    np.testing.assert_allclose(state, amplitudes / np.linalg.norm(amplitudes), atol=1e-5)


@pytest.mark.parametrize(
    "amplitudes",
    [
        [1.0, 0, 0, 0],
        [0, 0, 0.6, 0.8],
        [0, 0.6, 0, 0.8],
        [0, 0, 0, -1.0],
        [1.0, 0, 0, 0, 0, 0, 0, 2.0],
    ],
)
def test_derivatives_reach_halves_without_amplitudes(amplitudes):
    a, weights = jnp.array(amplitudes), jnp.arange(float(len(amplitudes)))
    compiled = compile_circuit(amplitude(len(amplitudes).bit_length() - 1, 1, 1.0))

    def through_angles(a):
        return compiled.state(amplitude_angles(a), jnp.zeros(0)).real @ weights

    def plain(a):
        return (a / jnp.linalg.norm(a)) @ weights

    np.testing.assert_allclose(through_angles(a), plain(a), atol=1e-5)
    np.testing.assert_allclose(jax.grad(through_angles)(a), jax.grad(plain)(a), atol=5e-3)


def test_amplitude_angles_have_the_derivative_of_normalisation():
    compiled = compile_circuit(amplitude(2, 1, 1.0))
    weights = jnp.arange(4.0)

    def encoded(a):
        return weights @ compiled.state(amplitude_angles(a), jnp.zeros(0)).real

    def normalised(a):
        return weights @ (a / jnp.linalg.norm(a))

    for a in ([0.3, -1.0, 0.2, 2.0], [-1.0, 0.0, 0.5, 0.1]):
        got, expected = (jax.jit(jax.grad(f))(jnp.array(a)) for f in (encoded, normalised))
        np.testing.assert_allclose(got, expected, atol=1e-5)
    assert jnp.isfinite(jax.jit(jax.grad(encoded))(jnp.array([1.0, 0, 0, 0]))).all()


@pytest.mark.parametrize("name", ["angle", "zz", "iqp", "pauli", "hardware_efficient"])
def test_bandwidth_scales_every_input(name):
    wide, narrow = FEATURE_MAPS[name](3, 2, 1.0), FEATURE_MAPS[name](3, 2, 0.25)
    numbers = np.linspace(-1, 1, len(vector(wide, "x")))
    scaled = Statevector(wide.assign_parameters(0.25 * numbers))
    assert np.isclose(state_fidelity(Statevector(narrow.assign_parameters(numbers)), scaled), 1.0)


def repeats(name: str, many: int) -> int:
    """1 for maps that have no repetitions."""
    return many if name not in ONLY else 1


def test_number_of_inputs_and_weights():
    sizes = {
        name: tuple(len(vector(make(4, repeats(name, 3), 1.0), of)) for of in ("x", "θ"))
        for name, make in FEATURE_MAPS.items()
    }
    assert sizes == {
        "angle": (4, 0),
        "zz": (4, 0),
        "iqp": (4, 0),
        "pauli": (4, 0),
        "amplitude": (15, 0),
        "reuploading": (4, 36),
        "hardware_efficient": (24, 0),
        "phase": (16, 0),
        "covariant": (12, 0),
    }


@pytest.mark.parametrize("name", FEATURE_MAPS)
def test_every_map_can_be_written_down(name):
    bandwidth = 1.0 if name == "amplitude" else 0.5
    assert circuit_text(FEATURE_MAPS[name](3, 1, bandwidth)).startswith("OPENQASM 3")
