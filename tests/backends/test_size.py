"""Sizes on a device are those of the circuits that are run there."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from fewqubit.backends import Size, build_backend, build_machine, size_on
from fewqubit.circuits.drawn import draw_up
from fewqubit.config import Circuit, Device
from fewqubit.errors import DeviceError, SettingsError
from fewqubit.states.readouts import z_operators

MANILA = Device(backend="noisy:fake_manila", shots=10)
CIRCUIT = Circuit(feature_map="zz", n_qubits=3, ansatz="real_amplitudes", layers=1)


def size(circuit: Circuit, **how: bool) -> Size:
    return size_on(build_machine(MANILA), MANILA, circuit, **how)


def test_sizes_are_those_on_the_bill() -> None:
    evaluator = build_backend(MANILA)(draw_up(CIRCUIT))
    x, theta = np.array([[0.3, 1.1, -0.7], [0.2, 0.5, 0.9]]), jnp.linspace(0.1, 2.0, 6)
    key = jax.random.key(0)
    one = evaluator.expectations(x[:1], theta, z_operators(3), key).bill
    two = evaluator.gram(x, theta, key).bill
    assert tuple(size(CIRCUIT)) == one[2:]
    assert tuple(size(CIRCUIT, pairs=True)) == two[2:]


def test_a_circuit_without_entanglers_has_no_two_qubit_gate() -> None:
    assert size(CIRCUIT, entanglers=False).two_qubit_gates == 0


def test_an_ensemble_in_superposition_is_larger_than_side_by_side() -> None:
    together = CIRCUIT.model_copy(update={"members": 2})
    apart = together.model_copy(update={"combine": "concat"})
    assert size(apart) == size(CIRCUIT)
    assert size(together).two_qubit_gates > 2 * size(apart).two_qubit_gates


def test_what_does_not_fit_and_what_runs_no_circuits_are_said() -> None:
    with pytest.raises(DeviceError, match="the circuit has 6 qubits, fake_manila 5"):
        size(CIRCUIT.model_copy(update={"n_qubits": 6}))
    with pytest.raises(SettingsError, match="unknown device 'exact'; known: ibm:<name>, noisy:"):
        build_machine(Device(backend="exact"))
