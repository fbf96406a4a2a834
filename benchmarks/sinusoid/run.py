"""One contestant: its rates by validation, its seeds by meta-training, its errors on the test."""

import time
from itertools import product
from pathlib import Path
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from benchmarks.sinusoid.settings import CIRCUIT, CONTESTANTS, Study
from jaxtyping import Array, Float, PRNGKeyArray

from fewqubit.base.io.files import read_npz, write_npz
from fewqubit.base.io.fingerprint import fingerprint
from fewqubit.base.io.progress import Progress
from fewqubit.base.keys import root_key, stream
from fewqubit.errors import NumbersError
from fewqubit.meta import MetaLearner, MetaState, build_learner, regression, squared_error
from fewqubit.meta.settings.gradient import Scratch
from fewqubit.meta.settings.start import Maml
from fewqubit.meta.train import TrainState, Validator, begin, meta_train
from fewqubit.models.network import Params, n_parameters
from fewqubit.stages.checkpoint import load_checkpoint, save_checkpoint
from fewqubit.tasks import Shape, Sinusoids, Task

KEY, WAVES = stream(root_key(2026), "sinusoid"), Sinusoids()
KEPT = Path("artifacts/checkpoints/sinusoid")
AT_ONCE = 50  # test tasks whose circuits are in memory together
GRID = np.linspace(-5, 5, 201, dtype=np.float32)[:, None]  # of the picture


class Measured(NamedTuple):
    """What is known of a contestant, as arrays, so that it can be kept.

    errors:      squared error [seeds, shots, at, tests]
    drawn:       answers of seed 0 to the first test task along ``GRID``, most shots and steps
    validation:  error of each seed in the validation tasks
    rates:       inner and outer, as chosen
    grid:        a row for each pair of rates: inner, outer, validation error
    parameters:  trained numbers
    seconds:     wall time of meta-training all seeds, with compilation
    """

    errors: Float[np.ndarray, "seeds shots at tests"]
    drawn: Float[np.ndarray, " grid"]
    validation: Float[np.ndarray, " seeds"]
    rates: Float[np.ndarray, " 2"]
    grid: Float[np.ndarray, "cells 3"]
    parameters: Float[np.ndarray, ""]
    seconds: Float[np.ndarray, ""]


def measured(study: Study, name: str) -> Measured:
    """Tune, train and test, or read what an earlier run has kept; a killed run goes on."""
    folder = KEPT / fingerprint(repr(study), CIRCUIT.model_dump_json(), name)
    kept = folder / f"{name}.npz"
    if not kept.exists():
        grid = _tuned(study, name)
        learner, done, rates, seconds = _at_best_rates(study, name, grid, folder)
        params = done.seeds.best_params
        one = jax.tree.map(lambda leaf: leaf[0], params)
        errors, drawn = _tested(study, learner, params)
        validation = -np.asarray(done.seeds.best_accuracy)
        known = errors, drawn, validation, rates, grid, n_parameters(one), seconds
        write_npz(kept, Measured(*known)._asdict(), finite=False)  # a rate may diverge
    return Measured(**read_npz(kept, finite=False))


def _at_best_rates(
    study: Study, name: str, grid: Float[np.ndarray, "cells 3"], folder: Path
) -> tuple[MetaLearner, TrainState, tuple[float, float], float]:
    """Trained at the best pair of rates of ``grid`` at which no seed diverges; others become ∞."""
    while True:
        best = grid[:, 2].argmin()
        inner, outer = map(float, grid[best, :2])
        settings = CONTESTANTS[name].settings(study, inner, outer, study.steps)
        learner = build_learner(settings, CONTESTANTS[name].arm, (1,), regression(1))
        state = folder / f"state-{inner:g}-{outer:g}.npz"
        try:
            done, seconds = _trained(study, learner, settings, name, state)
        except NumbersError:
            grid[best, 2] = np.inf
        else:
            return learner, done, (inner, outer), seconds


def frozen_tasks(study: Study) -> Task:
    """The frozen test tasks, with as many shots as there are at most; fewer are the first rows."""
    return WAVES.draw(
        stream(KEY, "test"), Shape(1, max(study.shots), study.n_test_query), study.n_test
    )


def _tuned(study: Study, name: str) -> Float[np.ndarray, "cells 3"]:
    """Validation error of every pair of rates, after a short training; scratch has no outer one.

    All pairs side by side, as one compiled function of the rates.
    """
    contestant, shape = CONTESTANTS[name], Shape(1, max(study.shots), study.n_query)
    outers = study.outer_rates if contestant.learns else study.outer_rates[:1]
    pairs = jnp.array(list(product(study.inner_rates, outers)))
    keys = _seed_keys(study.tuning_seeds)

    def error(pair: Float[Array, " 2"], key: PRNGKeyArray) -> Float[Array, ""]:
        settings = contestant.settings(study, *pair, study.tuning_steps)
        learner = build_learner(settings, contestant.arm, (1,), regression(1))

        def step(state: MetaState, number: Array) -> tuple[MetaState, None]:
            key_tasks, key_step = jax.random.split(stream(key, "tune", number))
            tasks = WAVES.draw(key_tasks, shape, study.tasks_per_step)
            return learner.step(key_step, state, tasks)[0], None

        steps = jnp.arange(study.tuning_steps if contestant.learns else 0)
        params = jax.lax.scan(step, learner.init(stream(key, "init")), steps)[0].params
        return _errors(learner, params, _validation_tasks(study), study.at[-1:]).mean()

    every = jax.jit(jax.vmap(lambda pair: jax.vmap(lambda key: error(pair, key))(keys).mean()))
    errors = np.nan_to_num(every(pairs), nan=np.inf, posinf=np.inf)
    return np.column_stack([pairs, errors])


def _trained(
    study: Study,
    learner: MetaLearner,
    settings: Maml | Scratch,
    name: str,
    checkpoint: Path,
) -> tuple[TrainState, float]:
    """Every seed at its best on validation, and the seconds; all draw the same tasks."""
    keys, start = _seed_keys(study.seeds), time.perf_counter()
    scores = _validator(study, learner)
    state = begin(learner, scores, keys)
    if isinstance(settings, Scratch):
        return state, 0.0
    shape, training = Shape(1, max(study.shots), study.n_query), settings.training
    state = load_checkpoint(checkpoint, state)
    progress = Progress(f"sinusoid {name}", training.steps, first=state.step)

    def report(now: TrainState) -> None:
        save_checkpoint(checkpoint, now)
        point = now.curve[-1]
        progress.update(now.step, loss=point.loss.mean(), validation=-point.validation.mean())

    done = meta_train(learner, scores, WAVES, training, shape, keys, state, report)
    share = (done.step - state.step) / done.step
    return done, (time.perf_counter() - start) / share if share else 0.0


def _seed_keys(seeds: int) -> PRNGKeyArray:
    return jax.vmap(lambda seed: stream(KEY, "seed", seed))(np.arange(seeds))


def _validation_tasks(study: Study) -> Task:
    shape = Shape(1, max(study.shots), study.n_query)
    return WAVES.draw(stream(KEY, "validation"), shape, study.n_validation)


def _validator(study: Study, learner: MetaLearner) -> Validator:
    """−error after the last step with most shots, of every seed; where it is none, −∞."""
    tasks = _validation_tasks(study)

    @jax.jit
    def scores(params: Params) -> Float[Array, " S"]:
        last = study.at[-1:]
        score = jax.vmap(lambda own: -_errors(learner, own, tasks, last).mean())(params)
        return jnp.nan_to_num(score, nan=-jnp.inf, neginf=-jnp.inf)

    return scores


def _tested(
    study: Study, learner: MetaLearner, params: Params
) -> tuple[Float[np.ndarray, "seeds shots at tests"], Float[np.ndarray, " grid"]]:
    tasks = frozen_tasks(study)

    @jax.jit
    def errors(params: Params, tasks: Task) -> Float[Array, "seeds at tests"]:
        return jax.vmap(lambda own: _errors(learner, own, tasks, study.at))(params)

    every = [errors(params, _first_shots(tasks, n)) for n in study.shots]
    one, first = jax.tree.map(lambda leaf: leaf[0], (params, tasks))
    adapted = jax.jit(learner.adapt)(one, first.support_x, first.support_y)
    drawn = jax.jit(learner.predict)(adapted, GRID)[:, 0]
    finite = np.nan_to_num(np.stack(every, axis=1), nan=study.ceiling)
    return np.minimum(finite, study.ceiling), np.asarray(drawn)


def _first_shots(tasks: Task, n_shot: int) -> Task:
    """The same waves and queries, fewer places known."""
    return tasks._replace(
        support_x=tasks.support_x[:, :n_shot], support_y=tasks.support_y[:, :n_shot]
    )


def _errors(
    learner: MetaLearner, params: Params, tasks: Task, at: tuple[int, ...]
) -> Float[Array, "at tasks"]:
    """Squared error of each task's queries after each of ``at`` steps."""

    def one(task: Task) -> Float[Array, " at"]:
        now, done, errors = learner.path.begin(params), 0, []
        for n in at:
            now = learner.path.further(params, now, task.support_x, task.support_y, n - done)
            errors.append(squared_error(learner.predict(params | now, task.query_x), task.query_y))
            done = n
        return jnp.stack(errors)

    return jax.lax.map(one, tasks, batch_size=AT_ONCE).T
