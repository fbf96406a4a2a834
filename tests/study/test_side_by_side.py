"""A grid trained by one program: what training with the settings of each point gives."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import fewqubit as fq
from fewqubit.base.keys import root_key
from fewqubit.config import AnyLearner, Episodes, section_of, with_values
from fewqubit.errors import SettingsError
from fewqubit.meta import MetaLearner, build_learner
from fewqubit.models.network import Params
from fewqubit.predict.training import train
from fewqubit.study.side_by_side import BANDWIDTH, GAMMA, RATE, SideBySide
from fewqubit.tasks import Shape, TrainingData, class_index, draw_manifest, rows_of

EPISODES = Episodes(n_way=3, n_shot=1, n_query=2, n_validation=7, n_test=5)
CIRCUIT = fq.Circuit(
    "hardware_efficient",
    n_qubits=2,
    repetitions=2,
    ansatz="real_amplitudes",
    layers=1,
    ansatz_place="before",
)
TRAINING = fq.Training(steps=6, validate_every=6, tasks_per_step=2, warmup=2, weight_decay=0.3)
HOW = {"encoder": fq.Mlp(), "circuit": CIRCUIT, "training": TRAINING}
LEARNERS = {"protonet": fq.ProtoNet(**HOW), "kernel": fq.KernelRidge(**HOW)}
KEYS = jax.random.split(root_key(3), 3)


@pytest.fixture(scope="module")
def data() -> TrainingData:
    rng = np.random.default_rng(0)
    y = np.repeat(np.arange(8), 5)
    x = rng.normal(size=(8, 4))[y] + 0.4 * rng.normal(size=(40, 4))
    validation = draw_manifest(root_key(1), class_index(y, range(4, 8)), 3, 1, 2, 7)
    return TrainingData(jnp.asarray(x, jnp.float32), class_index(y, range(4)), validation)


def described(learner: str) -> AnyLearner:
    return section_of(LEARNERS[learner], len(KEYS))


@pytest.mark.parametrize(
    ("learner", "arm", "scale"),
    [
        ("protonet", "quantum", BANDWIDTH),
        ("protonet", "twin", GAMMA),
        ("kernel", "separable", BANDWIDTH),
    ],
)
def test_a_point_is_what_its_settings_train(
    learner: str, arm: str, scale: str, data: TrainingData
) -> None:
    """Answers are compared: some parameters do nothing, and Adam walks along their rounding."""
    settings = described(learner)
    grid = SideBySide(settings, arm, (4,), EPISODES.n_way)
    points = [{RATE: 0.02, scale: 0.4}, {RATE: 0.1, scale: 1.7}]
    params = grid.trained(points, KEYS, data, Shape(3, 1, 2))
    for place, point in enumerate(points):
        own, together = with_values(settings, point), rows_of(params, place)
        done = train(own, arm, EPISODES, data, KEYS, [str(n) for n in range(8)], arm)
        alone = build_learner(own, arm, (4,), EPISODES.n_way)
        expected = answers(alone, done.seeds.meta.params, data)
        np.testing.assert_allclose(answers(grid.learner, together, data), expected, atol=1e-3)
        found = grid.accuracies(together, data, data.validation).mean(1)
        np.testing.assert_allclose(found, done.curve[-1].validation, atol=1e-6)


def answers(learner: MetaLearner, params: Params, data: TrainingData) -> np.ndarray:
    """Logits of the first seed in the first validation task."""
    first, tasks = rows_of(params, 0), data.tasks(data.validation)
    adapted = learner.adapt(first, tasks.support_x[0], tasks.support_y[0])
    return np.asarray(learner.predict(adapted, tasks.query_x[0]))


def test_a_training_that_diverged_is_never_right(data: TrainingData) -> None:
    grid = SideBySide(described("protonet"), "twin", (4,), EPISODES.n_way)
    params = grid.trained([{RATE: 0.02, GAMMA: 1.0}], KEYS, data, Shape(3, 1, 2))
    params = jax.tree.map(lambda leaf: leaf[0].copy(), params)
    jax.tree.leaves(params)[0].reshape(len(KEYS), -1)[1, 0] = np.nan
    found = grid.accuracies(params, data, data.validation)
    assert found[1].max() == 0 < found[0].mean()


def test_what_has_no_single_scale_is_refused() -> None:
    with pytest.raises(SettingsError, match="one that compares features"):
        SideBySide(section_of(fq.Scratch(encoder=fq.Mlp(), circuit=CIRCUIT), 1), "twin", (4,), 3)
    with pytest.raises(SettingsError, match="its γ is in its features"):
        SideBySide(described("protonet"), "rbf", (4,), 3)
    noisy = with_values(described("protonet"), {"training.angle_noise": 0.1})
    with pytest.raises(SettingsError, match="would disturb the scale too"):
        SideBySide(noisy, "quantum", (4,), 3)
