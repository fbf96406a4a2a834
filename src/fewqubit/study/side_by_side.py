"""One learner at many points of a grid: rate and scale are arguments of a single program.

The trials of a grid differ in two numbers. As settings, these would be constants, and every trial
would compile a program of its own, which takes longer than a short training. As arguments,

* the scale s of an arm multiplies a circuit's angles, which is its bandwidth, or, as √s, a
  classical body's features, so that ‖f − f′‖² becomes s ‖f − f′‖²: s is its γ;
* the rate η multiplies a step. AdamW's steps are proportional to their rate, schedule and weight
  decay included, so a step is w + η (w′ − w), with w′ the step at rate 1.

The result is, up to rounding, what training with the settings of the point gives.
"""

from collections.abc import Mapping, Sequence
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, PRNGKeyArray

from fewqubit.base.keys import stream
from fewqubit.circuits.circuit import Circuit
from fewqubit.config import CLASSICAL_ARMS, AnyLearner, with_values
from fewqubit.errors import SettingsError
from fewqubit.meta import MetaLearner, MetaState, build_learner
from fewqubit.meta.answers import Answering, episode_accuracies
from fewqubit.meta.settings.training import Training
from fewqubit.meta.train import drawing
from fewqubit.models.arms import build_body
from fewqubit.models.body import Body, MakeBody
from fewqubit.models.network import Params
from fewqubit.models.parts import CIRCUIT, FIXED
from fewqubit.tasks import Episode, FeatureShape, Shape, Task, TrainingData, rows_of

RATE, BANDWIDTH, GAMMA = "training.learning_rate", "circuit.bandwidth", "circuit.classical.gamma"
OWN = "own"  # the parameters of the body itself, beside its scale
RUNS_AT_ONCE = 5  # are trained by one call; the number is part of the program
Point = Mapping[str, float]  # the rate and the scale of the arm, by dotted key


class SideBySide:
    """A learner in one arm at any rate and scale, trained and asked by the same programs.

    ``learner`` has the scale among its parameters, fixed.

    Raises SettingsError: rate and scale of such a learner cannot be arguments.
    """

    def __init__(
        self, settings: AnyLearner, arm: str, feature_shape: FeatureShape, n_way: int
    ) -> None:
        self._training = _checked(settings, arm)
        unit = with_values(settings, {RATE: 1.0, BANDWIDTH: 1.0, GAMMA: 1.0})
        self.learner = build_learner(unit, scaled(arm), feature_shape, n_way)
        self._scale = GAMMA if arm in CLASSICAL_ARMS else BANDWIDTH
        self._answering = Answering(self.learner)
        self._train = jax.jit(jax.vmap(partial(_trained, self.learner)))

    def trained(
        self, points: Sequence[Point], keys: PRNGKeyArray, data: TrainingData, shape: Shape
    ) -> Params:
        """The parameters of every point and seed [P, S, ...] after the last step of training.

        At every point a seed draws the tasks that it would draw in ``meta_train``.
        """
        n, steps = len(keys), jnp.arange(self._training.steps)
        drawn, step_keys = drawing(self._training, shape)(keys, steps, data)
        of_seeds = keys, step_keys, data.tasks(drawn)
        rates, scales = (
            np.array([point[name] for point in points], np.float32) for name in (RATE, self._scale)
        )
        made = []
        for runs in _blocks(len(points) * n):
            point, seed = np.divmod(runs, n)
            made.append(self._train(rates[point], scales[point], *rows_of(of_seeds, seed)))
        runs = jax.tree.map(lambda *parts: np.concatenate(parts)[: len(points) * n], *made)
        return jax.tree.map(lambda leaf: leaf.reshape(len(points), n, *leaf.shape[1:]), runs)

    def accuracies(
        self, params: Params, data: TrainingData, episodes: Episode
    ) -> Float[np.ndarray, "S episodes"]:
        """Query accuracy of each seed of ``params`` in each episode; 0 if its training diverged."""
        finite = [np.isfinite(leaf).reshape(len(leaf), -1) for leaf in jax.tree.leaves(params)]
        found = episode_accuracies(self._answering, params, data.x, episodes)
        return np.where(np.concatenate(finite, axis=1).all(axis=1, keepdims=True), found, 0.0)


def scaled(arm: str) -> MakeBody:
    """``arm`` with its scale as a fixed parameter, which starts at 1."""

    def make(circuit: Circuit, reads: bool) -> Body:
        body = build_body(circuit, arm, reads)

        def init(key: PRNGKeyArray) -> Params:
            return {FIXED: jnp.ones(()), OWN: body.init(key)}

        def apply(theta: Params, angles: Float[Array, " angles"]) -> Array:
            scale = jax.lax.stop_gradient(theta[FIXED])
            if body.classical:
                return jnp.sqrt(scale) * body.apply(theta[OWN], angles)
            return body.apply(theta[OWN], scale * angles)

        return body._replace(init=init, apply=apply, halves=None)

    return make


def _trained(
    learner: MetaLearner,
    rate: Float[Array, ""],
    scale: Float[Array, ""],
    key: PRNGKeyArray,
    step_keys: PRNGKeyArray,
    tasks: Task,
) -> Params:
    """The parameters of one seed after a step on each entry of ``tasks`` [steps, n_tasks, ...]."""
    first = learner.init(stream(key, "init"))
    body = {**first.params[CIRCUIT], FIXED: scale}

    def step(state: MetaState, drawn: tuple[PRNGKeyArray, Task]) -> tuple[MetaState, None]:
        after, _ = learner.step(drawn[0], state, drawn[1])
        moved = jax.tree.map(lambda w, to: w + rate * (to - w), state.params, after.params)
        return after._replace(params=moved), None

    start = first._replace(params={**first.params, CIRCUIT: body})
    params: Params = jax.lax.scan(step, start, (step_keys, tasks))[0].params
    return params


def _checked(settings: AnyLearner, arm: str) -> Training:
    """The settings of training, if rate and scale can be arguments of it."""
    training = settings.meta_training()
    if training is None or not settings.compares or settings.reads:
        raise SettingsError(
            f"learner '{settings.kind}': expected one that compares features and is trained, such "
            "as protonet or kernel; search others by `fewqubit search`"
        )
    if arm == "rbf":
        raise SettingsError("arm 'rbf': expected one with a single scale; its γ is in its features")
    if training.entangler_dropout or training.angle_noise or training.shots:
        raise SettingsError(
            "training: expected neither entangler_dropout nor angle_noise nor shots, which would "
            "disturb the scale too; search such a learner by `fewqubit search`"
        )
    return training


def _blocks(n: int) -> list[Int[np.ndarray, " runs"]]:
    """Numbers 0 … n − 1 in blocks of one size; the last repeats its numbers to fill up."""
    starts = range(0, n, RUNS_AT_ONCE)
    return [np.resize(np.arange(at, min(at + RUNS_AT_ONCE, n)), RUNS_AT_ONCE) for at in starts]
