"""Meta-training: repeatable to the byte, resumable, seeds independent, no recompilation."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from fewqubit.base.keys import root_key, stream
from fewqubit.errors import NumbersError
from fewqubit.meta import MetaLearner, MetaState, build_learner
from fewqubit.meta.divergence import check_start
from fewqubit.meta.settings.training import Training
from fewqubit.meta.train import TrainState, begin, meta_train, train_on_all, validator
from fewqubit.tasks import Shape, TrainingData
from meta.conftest import FEATURES, LEARNERS, N_SHOT, N_WAY, TRAINING

KEYS = jax.vmap(lambda seed: stream(root_key(0), seed))(np.arange(2))
SHAPE = Shape(N_WAY, N_SHOT, 4)
LEARNER = build_learner(LEARNERS["protonet"], "quantum", (FEATURES,), N_WAY)


def trained(
    training_data: TrainingData,
    keys: jax.Array = KEYS,
    training: Training = TRAINING,
    start: TrainState | None = None,
    learner: MetaLearner = LEARNER,
) -> list[TrainState]:
    """Every state that training reports, the start first."""
    scores = validator(learner, training_data)
    state = start or begin(learner, scores, keys)
    states = [state]
    meta_train(learner, scores, training_data, training, SHAPE, keys, state, states.append)
    return states


@pytest.fixture(scope="module")
def undisturbed(training_data: TrainingData) -> list[TrainState]:
    return trained(training_data)


def assert_same_bytes(left: TrainState, right: TrainState) -> None:
    jax.tree.map(np.testing.assert_array_equal, left.seeds, right.seeds)


def test_the_same_seed_gives_the_same_bytes(
    training_data: TrainingData, undisturbed: list[TrainState]
) -> None:
    assert_same_bytes(trained(training_data)[-1], undisturbed[-1])


def test_a_resumed_run_ends_as_an_undisturbed_one(
    training_data: TrainingData, undisturbed: list[TrainState]
) -> None:
    resumed = trained(training_data, start=undisturbed[1])
    assert_same_bytes(resumed[-1], undisturbed[-1])
    assert [point.step for point in resumed[-1].curve] == [0, 4, 8, 12]


def test_seeds_side_by_side_are_seeds_one_by_one(
    training_data: TrainingData, undisturbed: list[TrainState]
) -> None:
    """By their losses: Adam turns the rounding of directions without a gradient into steps."""
    one_by_one = trained(
        training_data, training=TRAINING.model_copy(update={"vectorize_seeds": False})
    )
    alone = trained(training_data, keys=KEYS[1:])
    ours = np.array([point.loss[1] for point in undisturbed[-1].curve])
    for other, place in ((one_by_one[-1], 1), (alone[-1], 0)):
        theirs = np.array([point.loss[place] for point in other.curve])
        np.testing.assert_allclose(ours, theirs, rtol=1e-3)


def test_training_lowers_the_loss_and_keeps_the_best(undisturbed: list[TrainState]) -> None:
    last = undisturbed[-1]
    assert last.curve[-1].loss.mean() < last.curve[1].loss.mean()
    scores = np.array([point.validation for point in last.curve])
    np.testing.assert_allclose(last.seeds.best_accuracy, scores.max(axis=0), rtol=1e-6)
    steps = np.array([point.step for point in last.curve])
    np.testing.assert_array_equal(last.seeds.best_step, steps[scores.argmax(axis=0)])


def test_patience_ends_training_early(training_data: TrainingData) -> None:
    still = TRAINING.model_copy(update={"learning_rate": 1e-9, "patience": 1, "steps": 1000})
    assert trained(training_data, training=still)[-1].step == 4


FINAL = TRAINING.model_copy(update={"final": "all_classes"})


def finally_trained(training_data: TrainingData, start: TrainState) -> list[TrainState]:
    """Every state that the final training reports, then what it gives."""
    states: list[TrainState] = []
    end = train_on_all(LEARNER, training_data, FINAL, SHAPE, KEYS, start, states.append)
    return [*states, end]


def test_a_final_training_on_the_same_classes_ends_where_the_first_did(
    training_data: TrainingData, undisturbed: list[TrainState]
) -> None:
    first = undisturbed[-1]
    same = training_data._replace(every=training_data.classes)
    end = finally_trained(same, first)[-1]
    jax.tree.map(np.testing.assert_array_equal, end.seeds.best_params, first.seeds.meta.params)
    np.testing.assert_array_equal(end.seeds.best_accuracy, first.seeds.best_accuracy)


def test_a_final_training_sees_all_classes_and_resumes(
    training_data: TrainingData, undisturbed: list[TrainState]
) -> None:
    classes = training_data.classes
    fewer = classes._replace(
        class_ids=classes.class_ids[:N_WAY],
        rows=classes.rows[:N_WAY],
        counts=classes.counts[:N_WAY],
    )
    states = finally_trained(training_data._replace(every=fewer), undisturbed[-1])
    resumed = finally_trained(training_data._replace(every=fewer), states[0])
    jax.tree.map(
        np.testing.assert_array_equal, states[-1].seeds.best_params, resumed[-1].seeds.best_params
    )
    assert [state.step for state in resumed] == [20, 24, 24]
    other = jax.tree.leaves(undisturbed[-1].seeds.meta.params)
    ours = jax.tree.leaves(states[-1].seeds.best_params)
    assert any(not np.array_equal(one, two) for one, two in zip(ours, other, strict=True))


@pytest.mark.parametrize("rate", [1e30, 3e38])  # finite numbers without a meaning; overflow
def test_training_that_diverges_says_where(training_data: TrainingData, rate: float) -> None:
    """The step is that of a run of single steps."""
    wild = TRAINING.model_copy(update={"learning_rate": rate, "warmup": 2})
    settings = LEARNERS["protonet"].model_copy(update={"training": wild})
    learner = build_learner(settings, "quantum", (FEATURES,), N_WAY)
    with pytest.raises(NumbersError, match="diverged in seed 0, 1 at step 2: loss, parameters"):
        trained(training_data, training=wild, learner=learner)


def test_one_seed_that_diverges_is_named(
    training_data: TrainingData, undisturbed: list[TrainState]
) -> None:
    broken = undisturbed[1]
    meta = broken.seeds.meta
    params = jax.tree.map(lambda leaf: leaf.at[1].set(jnp.inf), meta.params)
    seeds = broken.seeds._replace(meta=meta._replace(params=params))
    with pytest.raises(NumbersError, match="in seed 1 at step 5:"):
        trained(training_data, start=broken._replace(seeds=seeds))


def test_a_start_that_is_no_number_is_told() -> None:
    state = MetaState({"a": np.array([[0.0], [np.nan]])}, ())
    with pytest.raises(NumbersError, match="in seed 1 at step 0: the initial parameters"):
        check_start(state, np.zeros(2))
