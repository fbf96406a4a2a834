"""The metric against finite distances of states, and the direction against its definition."""

import jax
import jax.numpy as jnp
import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector

from fewqubit.backends.gradients import fubini_study, natural_direction
from fewqubit.circuits.ansatze import ANSATZE
from fewqubit.circuits.feature_maps import FEATURE_MAPS
from fewqubit.circuits.parameters import vector
from fewqubit.compiler.compiled import compile

NOTHING = jnp.zeros((1, 0))


def test_the_metric_is_the_infidelity_of_near_states_averaged_over_the_data():
    circuit = FEATURE_MAPS["zz"](2, 1, 0.5).compose(ANSATZE["hardware_efficient"](2, 1))
    with jax.enable_x64(True):
        x, theta = vector(circuit, "x"), vector(circuit, "θ")
        state = compile(circuit, x, theta, jnp.complex128)
        random = np.random.default_rng(0)
        rows, at = random.normal(size=(3, 2)), random.normal(size=8)
        metric = np.asarray(jax.jit(lambda t: fubini_study(state, rows, t))(at))
        states = jax.jit(jax.vmap(state, (0, None)))
        for _ in range(3):
            step = 1e-3 * random.normal(size=8)
            overlap = np.einsum("nd,nd->n", states(rows, at).conj(), states(rows, at + step))
            np.testing.assert_allclose(
                np.mean(1 - np.abs(overlap) ** 2), step @ metric @ step, rtol=2e-2
            )
    assert np.linalg.eigvalsh(metric).min() > -1e-12


def test_one_turn_of_a_qubit_at_rest_has_the_textbook_metric():
    theta = ParameterVector("θ", 2)
    circuit = QuantumCircuit(1)
    circuit.ry(theta[0], 0)
    circuit.rz(theta[1], 0)
    state = compile(circuit, [], list(theta))
    metric, separate = jax.jit(
        lambda theta: [fubini_study(state, NOTHING, theta, b) for b in (None, [[0], [1]])]
    )(jnp.array([0.7, 0.1]))
    expected = [[0.25, 0], [0, np.sin(0.7) ** 2 / 4]]
    np.testing.assert_allclose(metric, expected, atol=1e-6)
    np.testing.assert_allclose(separate, expected, atol=1e-6)


def test_blocks_part_what_they_part():
    circuit = ANSATZE["hardware_efficient"](2, 1)
    state = compile(circuit, [], vector(circuit, "θ"))
    theta = jax.random.normal(jax.random.key(0), (8,))
    blocks = [range(4), range(4, 8)]
    whole, parted = jax.jit(
        lambda theta: [fubini_study(state, NOTHING, theta, b) for b in (None, blocks)]
    )(theta)
    np.testing.assert_array_equal(parted[:4, :4], whole[:4, :4])
    np.testing.assert_array_equal(parted[:4, 4:], 0)


def test_classical_parts_keep_their_gradient_and_singular_metrics_are_damped():
    gradient = {"encoder": {"weights": jnp.ones((2, 2))}, "circuit": jnp.array([1.0, 2.0])}
    metric = jnp.array([[1.0, 0.0], [0.0, 0.0]])
    found = natural_direction(gradient, {"circuit": metric}, damping=0.5, classical_scale=0.1)
    np.testing.assert_allclose(found["circuit"], [1 / 1.5, 4.0], rtol=1e-6)
    np.testing.assert_allclose(found["encoder"]["weights"], 0.1 * np.ones((2, 2)), rtol=1e-6)
