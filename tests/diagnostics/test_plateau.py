"""The gradient of circuits whose derivative can be written down, and of circuits that have none."""

import numpy as np

from fewqubit.base.keys import root_key
from fewqubit.circuits.ansatze import hardware_efficient, real_amplitudes
from fewqubit.circuits.feature_maps import angle
from fewqubit.compiler.compiled import compile_circuit
from fewqubit.diagnostics import gradient_variance


def test_one_rotation():
    """⟨Z⟩ = cos θ: the variance of sin θ is 1/2 for uniform angles."""
    variance = gradient_variance(compile_circuit(real_amplitudes(1, 0)), root_key(0), 4000)
    assert np.isclose(variance, 0.5, atol=0.02)


def test_a_map_without_weights_is_trained_through_its_inputs():
    """∂ cos(c x) = -c sin(c x): c² (1 - e^(-2c²))/2 for normal inputs."""
    variance = gradient_variance(compile_circuit(angle(2, 1, 0.5)), root_key(0), 4000)
    assert np.isclose(variance, 0.25 * (1 - np.exp(-0.5)) / 2, rtol=0.1)


def test_deep_circuits_of_more_qubits_lose_their_gradient():
    few, more = (
        gradient_variance(compile_circuit(hardware_efficient(n, 4 * n)), root_key(1), 200)
        for n in (2, 5)
    )
    assert more < few / 4
