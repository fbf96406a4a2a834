"""Shifted circuits give JAX's gradient on the exact backend, and an unbiased one on shots."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.circuit.library import RXXGate
from qiskit.quantum_info import SparsePauliOp

from fewqubit.backends import build_backend
from fewqubit.backends.exact import exact
from fewqubit.backends.gradients import count_shifted, parameter_shift
from fewqubit.backends.gradients.parameter_shift import shift_rule
from fewqubit.circuits.ansatze import ANSATZE
from fewqubit.circuits.feature_maps import FEATURE_MAPS
from fewqubit.compiler.compiled import compile_circuit
from fewqubit.config import Device
from fewqubit.states.observables import expectation

KEY, RANDOM = jax.random.key(0), np.random.default_rng(0)
OPERATORS = [SparsePauliOp(["ZIZ", "XYI"], [0.5, -1.0]), SparsePauliOp("IIX")]


def demanding():
    """A parameter used often, expressions, controls of several kinds, a turn about two axes."""
    x, theta = ParameterVector("x", 2), ParameterVector("θ", 3)
    circuit = QuantumCircuit(3)
    circuit.h([0, 1, 2])
    circuit.ry(x[0] * theta[0] + theta[1], 0)
    circuit.crx(theta[0], 0, 1)
    circuit.cp(theta[1] ** 2, 1, 2)
    circuit.append(RXXGate(theta[2].sin()).control(1, ctrl_state=0), [0, 1, 2])
    circuit.u(theta[2], x[1], theta[0], 2)
    circuit.mcp(x[0] - theta[2], [0, 1], 2)
    circuit.ryy(theta[0], 0, 2)
    return circuit


def jax_gradient(circuit, x, theta):
    state = compile_circuit(circuit).state

    def values(row, theta):
        psi = state(row, theta)
        return jnp.stack([expectation(psi, operator) for operator in OPERATORS])

    found = jax.jit(
        jax.vmap(lambda r, t: (values(r, t), jax.jacrev(values, (0, 1))(r, t)), (0, None))
    )
    return found(x, theta)


@pytest.mark.parametrize(
    "circuit",
    [demanding(), FEATURE_MAPS["zz"](3, 1, 0.5).compose(ANSATZE["hardware_efficient"](3, 1))],
    ids=["demanding", "usual"],
)
def test_on_exact_states_it_is_the_jax_gradient(circuit):
    compiled = compile_circuit(circuit)
    x, theta = RANDOM.normal(size=(2, compiled.n_inputs)), RANDOM.normal(size=compiled.n_weights)
    got = parameter_shift(circuit, exact)(x, theta, OPERATORS, KEY)
    values, (by_inputs, by_weights) = jax_gradient(circuit, x, theta)
    np.testing.assert_allclose(got.values, values, atol=1e-5)
    np.testing.assert_allclose(got.by_inputs, by_inputs, atol=2e-5)
    np.testing.assert_allclose(got.by_weights, by_weights, atol=2e-5)


def test_on_shots_it_is_unbiased():
    """The mean over seeds of 200 shots meets the exact gradient as closely as its spread allows."""
    circuit = demanding()
    x, theta = RANDOM.normal(size=(1, 2)), RANDOM.normal(size=3)
    gradient = parameter_shift(circuit, build_backend(Device(backend="shots", shots=200)))
    keys = jax.random.split(KEY, 40)
    found = np.stack([gradient(x, theta, OPERATORS, key).by_weights[0] for key in keys])
    _, (_, truth) = jax_gradient(circuit, x, theta)
    error = found.std(axis=0, ddof=1) / np.sqrt(len(keys))
    assert (np.abs(found.mean(axis=0) - truth[0]) < 4 * error + 1e-5).all()
    assert (found.std(axis=0) > 0.01).any()


def test_the_bill_counts_two_circuits_for_each_frequency_and_one_for_the_value():
    theta = ParameterVector("θ", 1)
    circuit = QuantumCircuit(3)
    circuit.ry(theta[0], 0)
    circuit.crz(theta[0], 0, 1)
    got = parameter_shift(circuit, exact)(np.zeros((4, 0)), np.zeros(1), OPERATORS, KEY)
    assert got.bill.circuits == 4 * (1 + 2 + 4)


@pytest.mark.parametrize("wanted", ["inputs", "weights"])
def test_what_is_not_asked_for_is_not_measured_and_not_known(wanted):
    circuit, x, theta = demanding(), RANDOM.normal(size=(2, 2)), RANDOM.normal(size=3)
    whole = parameter_shift(circuit, exact)(x, theta, OPERATORS, KEY)
    part = parameter_shift(circuit, exact, wanted)(x, theta, OPERATORS, KEY)
    other = {"inputs": "weights", "weights": "inputs"}[wanted]
    asked, known = (getattr(one, f"by_{wanted}") for one in (part, whole))
    np.testing.assert_allclose(asked, known, atol=1e-6)
    assert np.isnan(getattr(part, f"by_{other}")).all()
    assert part.bill.circuits == 2 * (1 + getattr(count_shifted(circuit), wanted))
    assert part.bill.circuits < whole.bill.circuits


@pytest.mark.parametrize("frequencies", [(1.0,), (0.5,), (0.5, 1.0), (1.0, 2.0, 3.0), (0.3, 1.1)])
def test_a_rule_differentiates_every_wave_of_its_frequencies(frequencies):
    shifts, coefficients = shift_rule(frequencies)
    for frequency in frequencies:
        for wave, slope in ((np.sin, np.cos), (np.cos, lambda a: -np.sin(a))):
            f = lambda a, wave=wave, w=frequency: wave(w * a)  # noqa: E731
            got = coefficients @ (f(0.7 + shifts) - f(0.7 - shifts))
            np.testing.assert_allclose(got, frequency * slope(frequency * 0.7), atol=1e-12)
