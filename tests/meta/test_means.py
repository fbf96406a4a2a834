"""A prototypical network whose classes are means of features, on amplitudes: closed forms."""

import jax
import numpy as np
import pytest

from fewqubit.circuits.circuit import Circuit
from fewqubit.errors import SettingsError
from fewqubit.meta import build_learner
from fewqubit.meta.settings.prototypes import ProtoNet
from fewqubit.models.settings import Amplitude
from fewqubit.tasks import Shape, Task

Y = np.array([0, 1, 2, 0, 1, 2])
EIGHT = Circuit(feature_map="amplitude", n_qubits=3)


def unit(rows):
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


@pytest.fixture
def task():
    random = np.random.default_rng(0)
    x, queries = random.normal(size=(6, 7)), random.normal(size=(4, 7))
    means = np.stack([unit(x)[k == Y].mean(0) for k in range(3)])
    return x.astype(np.float32), queries.astype(np.float32), unit(queries) @ unit(means).T


def logits_of(circuit, arm, task, constant=1.0):
    settings = ProtoNet(encoder=Amplitude(constant=constant), circuit=circuit, means="features")
    learner = build_learner(settings, arm, (7,), 3)
    params = learner.init(jax.random.key(0)).params
    return np.asarray(learner.predict(learner.adapt(params, task[0], Y), task[1]))


@pytest.mark.parametrize("constant", [0.5, 1.0, 3.0])
def test_a_fidelity_is_the_square_of_the_shifted_cosine(task, constant):
    expected = 15 * ((constant**2 + task[2]) / (constant**2 + 1)) ** 2
    np.testing.assert_allclose(logits_of(EIGHT, "quantum", task, constant), expected, atol=1e-4)


def test_without_a_circuit_it_is_the_distance_of_unit_vectors(task):
    """The arm gets the vectors, not the angles of a tree: −‖a − b‖² = 2 cos − 2."""
    np.testing.assert_allclose(logits_of(EIGHT, "bypass", task), 2 * task[2] - 2, atol=1e-5)


def test_a_circuit_before_the_map_acts_and_near_zero_hardly(task):
    trained = {"ansatz": "real_amplitudes", "layers": 1, "ansatz_place": "before"}
    plain = logits_of(EIGHT, "quantum", task)
    near = logits_of(EIGHT.model_copy(update={**trained, "spread": 1e-3}), "quantum", task)
    far = logits_of(EIGHT.model_copy(update=trained), "quantum", task)
    np.testing.assert_allclose(near, plain, atol=0.05)
    assert np.abs(far - plain).max() > 1


def test_a_query_meets_one_state_for_each_class():
    learner = ProtoNet(encoder=Amplitude(constant=1.0), circuit=EIGHT, means="features")
    assert learner.circuits_of_task("quantum", Shape(3, 5, 2), (7,)) == (0, 3)


def test_what_cannot_be_is_one_line():
    with pytest.raises(SettingsError, match=r"set features\.pca to 7"):
        build_learner(ProtoNet(encoder=Amplitude(constant=1.0), circuit=EIGHT), "quantum", (8,), 3)
    with pytest.raises(SettingsError, match="expected cosine: 0 with means: features"):
        ProtoNet(cosine=1.0, means="features")


def test_what_is_trained_moves_and_stays_finite(task):
    circuit = EIGHT.model_copy(
        update={"ansatz": "real_amplitudes", "layers": 1, "ansatz_place": "before", "spread": 0.1}
    )
    settings = ProtoNet(encoder=Amplitude(constant=1.0), circuit=circuit, means="features")
    learner = build_learner(settings, "quantum", (7,), 3)
    state = learner.init(jax.random.key(0))
    first = state.params
    tasks = jax.tree.map(lambda leaf: np.asarray(leaf)[None], Task(task[0], Y, task[0], Y))
    state, info = learner.step(jax.random.key(1), state, tasks)
    assert np.isfinite(info.loss)
    change = np.abs(first["circuit"] - state.params["circuit"]).max()
    assert 1e-4 < change < 1
