"""Settings become one circuit of the vectors x and θ."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from qiskit.quantum_info import Statevector

from fewqubit.circuits.ansatze import real_amplitudes
from fewqubit.circuits.drawn import circuit_text, draw_up
from fewqubit.circuits.feature_maps import reuploading
from fewqubit.config import Circuit
from fewqubit.errors import CircuitError, SettingsError
from fewqubit.models.compiled import build_circuit


def test_weights_of_map_and_ansatz_are_one_vector_map_first():
    settings = Circuit(
        feature_map="reuploading", n_qubits=3, repetitions=2, ansatz="real_amplitudes", layers=1
    )
    compiled = build_circuit(settings)
    assert (compiled.n_inputs, compiled.n_weights) == (3, 18 + 6)
    random = np.random.default_rng(0)
    x, theta = random.normal(size=3), random.normal(size=24)
    first = reuploading(3, 2, 1.0)
    by_vector = {"x": x, "θ": theta[:18]}
    first = first.assign_parameters(
        {p: by_vector[p.vector.name][p.index] for p in first.parameters}
    )
    second = real_amplitudes(3, 1).assign_parameters(theta[18:])
    expected = Statevector(first.compose(second)).data
    np.testing.assert_allclose(jax.jit(compiled.state)(x, theta), expected, atol=1e-5)


def test_a_feature_map_of_ones_own_by_import_path(allow):
    allow("fewqubit.circuits")
    settings = Circuit(feature_map="fewqubit.circuits.feature_maps:iqp", n_qubits=2)
    assert draw_up(settings).count_ops() == {"h": 2, "rz": 2, "rzz": 1}


@pytest.mark.parametrize("feature_map", ["zz", "reuploading"])
def test_same_settings_give_the_same_text(feature_map):
    settings = Circuit(feature_map=feature_map, n_qubits=3, ansatz="real_amplitudes", layers=1)
    text = circuit_text(draw_up(settings))
    assert text == circuit_text(draw_up(settings))
    assert text.startswith("OPENQASM 3")


def test_unknown_name_lists_the_known_ones():
    with pytest.raises(SettingsError, match=r"unknown ansatz 'nope'; known: .*real_amplitudes"):
        draw_up(Circuit(feature_map="zz", n_qubits=2, ansatz="nope"))


def two_qubits_whatever_is_asked(n_qubits, repetitions, bandwidth):
    del n_qubits
    return reuploading(2, repetitions, bandwidth)


def test_parts_of_different_size_are_refused(allow):
    allow(__name__)
    name = f"{__name__}:two_qubits_whatever_is_asked"
    with pytest.raises(
        CircuitError, match="two_qubits_whatever_is_asked' has 2 qubits, the settings ask for 3"
    ):
        draw_up(Circuit(feature_map=name, n_qubits=3))


def test_an_ansatz_may_stand_before_the_map() -> None:
    """U(x) C(θ)|0⟩, θ in the order it has behind the map: the map's weights first."""
    settings = Circuit(
        feature_map="reuploading", n_qubits=2, ansatz="real_amplitudes", layers=1
    ).model_copy(update={"ansatz_place": "before"})
    x, theta = np.array([0.3, -0.8]), np.linspace(-1.0, 2.0, 6 + 4)
    map_, ansatz = reuploading(2, 1, 1.0), real_amplitudes(2, 1)
    trained = {p.name: p for p in map_.parameters}
    values = {trained[f"x[{i}]"]: x[i] for i in range(2)}
    values |= {trained[f"θ[{i}]"]: theta[i] for i in range(6)}
    whole = ansatz.assign_parameters(theta[6:]).compose(map_.assign_parameters(values))
    found = build_circuit(settings).state(jnp.asarray(x), jnp.asarray(theta))
    np.testing.assert_allclose(found, Statevector(whole).data, atol=1e-5)
