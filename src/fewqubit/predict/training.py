"""Meta-training in memory: a learner in one arm, from examples to parameters and their card."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import PRNGKeyArray

from fewqubit.circuits.drawn import circuit_text, draw_up
from fewqubit.config import AnyLearner, Episodes
from fewqubit.meta import MetaLearner, build_learner
from fewqubit.meta.cost import acting_in, check_acts, count_circuits, shots_to_train
from fewqubit.meta.kernels.choice import choose
from fewqubit.meta.settings.kernels import KernelLearner
from fewqubit.meta.settings.learner import Learner
from fewqubit.meta.train import (
    TrainState,
    Validator,
    begin,
    meta_train,
    train_on_all,
    validator,
)
from fewqubit.models.network import Params
from fewqubit.models.parts import CHOICE
from fewqubit.models.shots import arm_in_training
from fewqubit.predict.kernel_choice import choice_card
from fewqubit.predict.trained import count_parameters
from fewqubit.tasks import FeatureShape, Shape, TrainingData, feature_shape_of
from fewqubit.tasks.inputs import shape_as_json
from fewqubit.tasks.sampler import check_enough

Resume = Callable[[TrainState], TrainState]  # step 0 -> where an interrupted run stood
Report = Callable[[TrainState], None]
MakeValidator = Callable[[MetaLearner, TrainingData], Validator]


def train(
    settings: AnyLearner,
    arm: str,
    episodes: Episodes,
    data: TrainingData,
    keys: PRNGKeyArray,
    names: Sequence[str],
    what: str,
    resume: Resume = lambda first: first,
    report: Report = lambda reached: None,
    make_validator: MakeValidator = validator,
) -> TrainState:
    """Every seed of ``keys`` [S] at the end of its training, validated.

    names:   names of the classes, for messages
    what:    the name of the training, for messages
    resume:  maps step 0 to the state to go on from
    report:  gets the state after each chunk of steps
    make_validator:  builds the score on validation episodes; by default the share of right answers

    Raises SettingsError: no weight of the circuit can act; DataError: classes are too few or too
    small for the training tasks; NumbersError: a seed diverged.
    """
    check_acts(settings, arm)
    shape = feature_shape_of(data.x)
    tested = build_learner(settings, arm, shape, episodes.n_way)
    training = settings.meta_training()
    if training is None:
        return begin(tested, make_validator(tested, data), keys)
    tasks = training.shape(episodes.n_way, episodes.n_shot, episodes.n_query)
    where, repeat = f"training of {what}", episodes.repeat_queries
    check_enough(data.classes, *tasks, names, where, "training", repeat)
    in_steps = arm_in_training(arm, training.shots)
    trained = build_learner(settings, in_steps, shape, tasks.n_way)
    scores = make_validator(tested, data)
    first = resume(begin(trained, scores, keys))
    done = meta_train(trained, scores, data, training, tasks, keys, first, report)
    validated = choose(tested, done.seeds.best_params, data.x, data.validation)
    if training.final == "all_classes":
        done = train_on_all(trained, data, training, tasks, keys, done, report)
    return _with_choice(done, validated, scores)


def _with_choice(done: TrainState, validated: Params, scores: Validator) -> TrainState:
    """``done`` with the kernels chosen for ``validated``, and with the score that they have."""
    if CHOICE not in validated:
        return done
    params = {**done.seeds.best_params, CHOICE: validated[CHOICE]}
    seeds = done.seeds._replace(best_params=params, best_accuracy=jnp.asarray(scores(validated)))
    return done._replace(seeds=seeds)


def n_steps(learner: Learner) -> int:
    """The longest that meta-training can take."""
    training = learner.meta_training()
    return 0 if training is None else training.longest


def _steps_taken(learner: Learner, state: TrainState) -> int:
    """Those of the validated training, which may stop early, and of the final one."""
    training = learner.meta_training()
    if training is None or not state.curve:
        return 0
    return state.curve[-1].step + training.longest - training.steps


def learner_card(
    about: Mapping[str, str],
    settings: AnyLearner,
    arm: str,
    episodes: Episodes,
    prepared: Mapping[str, str],
    state: TrainState,
    feature_shape: FeatureShape,
) -> dict[str, Any]:
    """What learner.json tells of a training that has ended.

    about:     ``dataset`` and ``learner``, their names
    prepared:  checksums of the files that the features come from
    """
    seeds = state.seeds
    first = jax.tree.map(lambda leaf: np.asarray(leaf)[0], seeds.best_params)
    tests = Shape(episodes.n_way, episodes.n_shot, episodes.n_query)
    taken = _steps_taken(settings, state)
    circuits = count_circuits(settings, arm, tests, taken, feature_shape)
    card = {
        **about,
        "arm": arm,
        "settings": settings.model_dump(),
        "episodes": episodes.model_dump(),
        "prepared": dict(prepared),
        "feature_shape": shape_as_json(feature_shape),
        "n_parameters": count_parameters(first),
        "acting": acting_in(settings, arm)._asdict(),
        "best_step": seeds.best_step,
        "validation_accuracy": seeds.best_accuracy,
        "circuit_evaluations": circuits._asdict(),
        "circuit": circuit_text(draw_up(settings.circuit)),
    }
    if (shots := shots_to_train(settings, arm, tests, state.step)) is not None:
        card["shots_to_train"] = shots
    if CHOICE in first and isinstance(settings, KernelLearner):
        card |= choice_card(settings, arm, episodes, circuits, seeds.best_params, feature_shape)
    return {name: np.asarray(v).tolist() if hasattr(v, "dtype") else v for name, v in card.items()}


def learning_curve(state: TrainState) -> list[dict[str, float]]:
    """A row for each step and seed; nothing is known of step 0's training."""
    return [
        {
            "step": point.step,
            "seed": seed,
            "train_loss": float(loss),
            "train_accuracy": float(accuracy),
            "validation_accuracy": float(validation),
        }
        for point in state.curve
        for seed, (loss, accuracy, validation) in enumerate(
            zip(*map(np.asarray, point[1:]), strict=True)
        )
    ]
