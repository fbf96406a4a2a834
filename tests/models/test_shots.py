"""Training from shots: the same steps on average, exact answers outside of them."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from fewqubit.circuits.circuit import Circuit
from fewqubit.errors import SettingsError
from fewqubit.meta import build_learner
from fewqubit.meta.settings.prototypes import ProtoNet
from fewqubit.meta.settings.start import Anil
from fewqubit.meta.settings.training import Training
from fewqubit.models.arms import build_body
from fewqubit.models.network import Keyed
from fewqubit.models.settings import Identity
from fewqubit.models.shots import arm_in_training, digest, read_from_shots
from fewqubit.tasks import Task

CIRCUIT = Circuit("angle", n_qubits=2, ansatz="real_amplitudes", layers=1)
KEYS = jax.random.split(jax.random.key(0), 300)
ANGLES, ROWS = jnp.array([0.3, 0.9]), jnp.array([[0.3, 0.9], [-0.5, 0.2]])


def test_readings_of_an_example_are_those_of_its_state_on_average() -> None:
    exact, shots = build_body(CIRCUIT, "quantum", True), read_from_shots("quantum", 50)
    theta, body = exact.init(jax.random.key(3)), shots(CIRCUIT, True)
    found = jax.jit(jax.vmap(lambda key: body.read(body.apply(Keyed(theta, key), ANGLES))))(KEYS)
    expected = exact.read(exact.apply(theta, ANGLES))
    np.testing.assert_allclose(found.mean(0), expected, atol=4 * (1 / 50 / len(KEYS)) ** 0.5)


@pytest.mark.parametrize("learner", [Anil, ProtoNet])
def test_a_step_from_shots_is_reproducible_and_near_the_exact_one(learner: type) -> None:
    circuit = CIRCUIT if learner is Anil else CIRCUIT.model_copy(update={"ansatz_place": "before"})
    settings = learner(Identity(), circuit, training=Training(steps=2, shots=2000))
    steps = {}
    task = Task(ROWS[None], jnp.array([[0, 1]]), ROWS[None] + 0.1, jnp.array([[0, 1]]))
    for name in ("quantum", arm_in_training("quantum", 2000)):
        made = build_learner(settings, name, (2,), 2)
        start, step = made.init(KEYS[0]), jax.jit(made.step)
        steps[name] = [step(key, start, task)[1].loss for key in (KEYS[1], KEYS[1], KEYS[2])]
    (exact, *_), (first, again, other) = steps.values()
    assert first == again != other
    np.testing.assert_allclose([first, other], exact, atol=0.15)


def test_two_examples_have_shots_of_their_own() -> None:
    assert digest(ROWS[0]) != digest(ROWS[1])
    assert digest(ROWS) != digest(ROWS[::-1])


def test_classical_arms_and_exact_training_are_as_they_were() -> None:
    assert arm_in_training("twin", 10) == "twin"
    assert arm_in_training("quantum", None) == "quantum"


def test_refusals_say_what_to_do() -> None:
    with pytest.raises(SettingsError, match="members to 1"):
        read_from_shots("quantum", 10)(CIRCUIT.model_copy(update={"members": 2}), True)
    with pytest.raises(SettingsError, match="remove one of the two"):
        Training(shots=10, entangler_dropout=0.1)
