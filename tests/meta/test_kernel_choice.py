"""A choice among kernels, beside learners with one of them and alignments in numpy."""

from functools import cache, partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from fewqubit.circuits.circuit import Circuit, Classical
from fewqubit.errors import SettingsError
from fewqubit.meta import MetaLearner, build_learner
from fewqubit.meta.cost import circuits_to_choose
from fewqubit.meta.kernels.choice import choose
from fewqubit.meta.settings.candidates import Candidate, ScaleFactors
from fewqubit.meta.settings.kernels import KernelAlign, KernelLearner, KernelRidge, KernelSvm
from fewqubit.models.network import Params
from fewqubit.models.parts import CHOICE, FIXED
from fewqubit.models.settings import Identity
from fewqubit.tasks import Shape, Task, TrainingData, class_index, draw_manifest
from meta.conftest import ENCODER, FEATURES, N_QUERY, N_SHOT, N_WAY, TRAINING, clusters

CANDIDATES = (
    Candidate(bandwidth=0.25, classical=ScaleFactors(gamma=4.0)),
    Candidate(geometry="projected", gamma=0.5, classical=ScaleFactors(gamma=0.25)),
    Candidate(geometry="hamming", flip_weight=0.3, classical=ScaleFactors(input_scale=3.0)),
)
CIRCUIT = Circuit(feature_map="hardware_efficient", n_qubits=2, repetitions=1, bandwidth=0.5)
GIVEN = {"encoder": ENCODER, "circuit": CIRCUIT, "training": TRAINING, "candidates": CANDIDATES}
LEARNERS: dict[str, KernelLearner] = {
    "kernel": KernelRidge(**GIVEN),
    "kernel-svm-at-test": KernelRidge(test_head="svm", **GIVEN),
    "kernel_svm": KernelSvm(**GIVEN),
    "kernel_align": KernelAlign(**GIVEN),
}
TASK = Task(*(part[0] for part in clusters(1)))
KEYS = jax.random.split(jax.random.key(0), 2)


def built(learner: KernelLearner, arm: str) -> MetaLearner:
    return build_learner(learner, arm, (FEATURES,), N_WAY)


@cache
def started(name: str, arm: str) -> tuple[MetaLearner, Params]:
    learner = built(LEARNERS[name], arm)
    return learner, jax.jit(jax.vmap(lambda key: learner.init(key).params))(KEYS)


def taking(params: Params, kernel: int) -> Params:
    """The parameters of the first seed, which takes ``kernel``."""
    first = jax.tree.map(lambda leaf: leaf[0], params)
    return first | {CHOICE: {FIXED: jnp.eye(1 + len(CANDIDATES))[kernel]}}


def answers(learner: MetaLearner, params: Params) -> jax.Array:
    return learner.predict(learner.adapt(params, TASK.support_x, TASK.support_y), TASK.query_x)


@pytest.mark.parametrize("arm", ["quantum", "separable", "frozen", "twin", "rbf"])
def test_each_kernel_answers_as_a_learner_that_has_it_alone(arm: str) -> None:
    learner, params = started("kernel", arm)
    ask = jax.jit(partial(answers, learner))
    given = []
    for kernel, alone in enumerate(LEARNERS["kernel"].kernels()):
        own = taking(params, kernel)
        given.append(np.asarray(ask(own)))
        expected = jax.jit(partial(answers, built(alone, arm)))(own)
        np.testing.assert_allclose(given[-1], expected, rtol=1e-4, atol=1e-5)
    for kernel, other in zip(*np.triu_indices(len(given), 1), strict=True):
        assert np.abs(given[kernel] - given[other]).max() > 1e-3


@pytest.mark.parametrize("name", ["kernel-svm-at-test", "kernel_align"])
def test_a_step_of_training_knows_nothing_of_the_candidates(name: str) -> None:
    learner, _ = started(name, "quantum")
    plain = built(LEARNERS[name].model_copy(update={"candidates": ()}), "quantum")
    key, tasks = jax.random.key(1), clusters(3, 2)
    after, info = jax.jit(learner.step)(key, learner.init(KEYS[0]), tasks)
    expected, told = jax.jit(plain.step)(key, plain.init(KEYS[0]), tasks)
    assert info.loss == told.loss
    choice = after.params.pop(CHOICE)
    jax.tree.map(np.testing.assert_array_equal, after.params, expected.params)
    np.testing.assert_array_equal(choice[FIXED], np.zeros(4))


def aligned(gram: np.ndarray, y: np.ndarray) -> float:
    """Definition 4 of Cortes, Mohri, Rostamizadeh (2012), by matrices H = 1 − 11ᵀ/n."""
    h = np.eye(len(y)) - 1 / len(y)
    centred, target = h @ gram @ h, h @ (y[:, None] == y[None, :]) @ h
    return float(np.sum(centred * target) / np.linalg.norm(centred) / np.linalg.norm(target))


@pytest.mark.parametrize(("name", "arm"), [("kernel", "quantum"), ("kernel_align", "twin")])
def test_the_choice_is_the_largest_mean_alignment_over_the_validation_episodes(
    name: str, arm: str, training_data: TrainingData
) -> None:
    learner, params = started(name, arm)
    x, episodes = training_data.x, training_data.validation
    found = choose(learner, params, x, episodes)
    compared = {part: value for part, value in found.items() if part != CHOICE}
    jax.tree.map(np.testing.assert_array_equal, compared, {k: params[k] for k in compared})
    y = np.tile(np.arange(N_WAY).repeat(N_SHOT), 1), np.arange(N_WAY).repeat(N_QUERY)
    for seed in range(2):
        for kernel, alone in enumerate(LEARNERS[name].kernels()):
            rows = built(alone, arm).rows
            own = jax.tree.map(lambda leaf, seed=seed: leaf[seed], params)
            embed = jax.jit(rows.embed)
            grams = []
            for support, query in zip(*map(np.asarray, episodes[1:]), strict=True):
                of_episode = embed(own, x[np.concatenate([support, query])])
                grams.append(np.asarray(rows.compare(own, of_episode, of_episode), float))
            expected = np.mean([aligned(gram, np.concatenate(y)) for gram in grams])
            np.testing.assert_allclose(found[CHOICE][FIXED][seed, kernel], expected, rtol=2e-3)


def test_the_kernel_that_knows_the_classes_is_taken() -> None:
    """Classes on a circle: the circuit's own bandwidth turns each row many times over."""
    random = np.random.default_rng(0)
    y = np.arange(12).repeat(10)
    x = 0.5 * y[:, None] + 0.02 * random.normal(size=(120, FEATURES))
    circuit = Circuit(feature_map="angle", n_qubits=FEATURES, bandwidth=32.0)
    candidates = [
        Candidate(bandwidth=1e-5, classical=ScaleFactors(gamma=1e-9)),
        Candidate(bandwidth=1 / 32, classical=ScaleFactors(gamma=1e-3)),
    ]
    settings = KernelRidge(
        encoder=Identity(),
        circuit=circuit.model_copy(update={"classical": Classical(gamma=1000.0)}),
        training=TRAINING,
        candidates=candidates,
    )
    validation = draw_manifest(jax.random.key(5), class_index(y, range(12)), 3, 2, 4, 10)
    for arm in ("quantum", "bypass"):
        learner = built(settings, arm)
        params = jax.vmap(lambda key, learner=learner: learner.init(key).params)(KEYS)
        scores = choose(learner, params, jnp.asarray(x, jnp.float32), validation)[CHOICE][FIXED]
        assert scores.argmax(-1).tolist() == [2, 2], scores


def test_all_arms_choose_among_as_many() -> None:
    same = Candidate(bandwidth=0.25)
    with pytest.raises(SettingsError, match=r"candidates.0: in classical arms .* learner's own"):
        KernelRidge(candidates=[same])
    classical = [ScaleFactors(gamma=2.0), ScaleFactors(gamma=3.0)]
    twice = [same.model_copy(update={"classical": one}) for one in classical]
    with pytest.raises(SettingsError, match=r"candidates.1: in arms with a circuit .* of cand"):
        KernelRidge(candidates=twice)


def test_what_choosing_costs_on_a_device() -> None:
    """Pairs for both fidelities, three bases for each row of projected, pairs twice for hamming."""
    learner, shape = LEARNERS["kernel"], Shape(N_WAY, N_SHOT, N_QUERY)
    rows = N_WAY * (N_SHOT + N_QUERY)
    pairs = rows * (rows - 1) // 2
    assert circuits_to_choose(learner, "quantum", shape, 7) == 7 * (4 * pairs + 3 * rows)
    assert circuits_to_choose(learner, "twin", shape, 7) == 0
