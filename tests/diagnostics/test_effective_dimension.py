"""Fisher information and effective dimension where both are known."""

import jax
import jax.numpy as jnp
import numpy as np

from fewqubit.base.keys import root_key
from fewqubit.circuits.ansatze import hardware_efficient, real_amplitudes
from fewqubit.circuits.feature_maps import angle
from fewqubit.compiler.compiled import compile_circuit
from fewqubit.diagnostics import effective_dimension, fisher_information
from fewqubit.diagnostics.effective_dimension import drawn_fisher
from fewqubit.states.observables import probabilities

KAPPA = 1000 / (2 * np.pi * np.log(1000))
WHOLE = np.log(1 + KAPPA) / np.log(KAPPA)  # of one parameter with constant information


def test_rotations_that_are_read_out_have_unit_information():
    """p = (cos² θ/2, sin² θ/2) has F = 1 at every θ."""
    circuit = compile_circuit(real_amplitudes(1, 0))
    for theta in (1e-3, 0.3, 1.2, 3.0):
        fisher = fisher_information(lambda t: circuit.state(jnp.zeros(0), t), jnp.array([theta]))
        np.testing.assert_allclose(fisher, [[1.0]], atol=1e-4)


def test_it_is_the_covariance_of_the_score():
    circuit = compile_circuit(hardware_efficient(2, 1))
    theta = jax.random.uniform(root_key(2), (circuit.n_weights,), minval=-3, maxval=3)

    def p(t):
        return probabilities(circuit.state(jnp.zeros(0), t))

    slopes, share = jax.jacfwd(p)(theta), p(theta)
    expected = jnp.einsum("bi,bj,b->ij", slopes, slopes, 1 / share)
    fisher = fisher_information(lambda t: circuit.state(jnp.zeros(0), t), theta)
    np.testing.assert_allclose(fisher, expected, atol=1e-4)


def test_constant_information_counts_every_parameter():
    fisher = np.broadcast_to(5.0 * np.eye(3), (4, 3, 3))
    assert np.isclose(effective_dimension(fisher), 3 * WHOLE)


def test_a_parameter_that_does_nothing_is_not_counted():
    fisher = np.broadcast_to(np.diag([1.0, 0.0]), (4, 2, 2))
    assert np.isclose(effective_dimension(fisher), np.log(1 + 2 * KAPPA) / np.log(KAPPA))


def test_draws_of_weights_and_of_inputs():
    weights = drawn_fisher(compile_circuit(real_amplitudes(2, 0)), root_key(0), 5, 2)
    inputs = drawn_fisher(compile_circuit(angle(2, 1, 0.5)), root_key(0), 5, 2)
    np.testing.assert_allclose(weights, np.broadcast_to(np.eye(2), (5, 2, 2)), atol=1e-4)
    np.testing.assert_allclose(inputs, np.broadcast_to(np.eye(2) / 4, (5, 2, 2)), atol=1e-4)
