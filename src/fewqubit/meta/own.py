"""The user's own learner: its function is called, and the result is checked."""

from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, PRNGKeyArray

from fewqubit.backends.contract import Bill, total
from fewqubit.backends.tally import tally
from fewqubit.base.registry import resolve
from fewqubit.base.usercode import OwnCode
from fewqubit.errors import OwnCodeError, SettingsError
from fewqubit.meta.learner import MetaLearner, MetaState
from fewqubit.meta.settings.own import FUNCTIONS, OwnLearner, held, is_held, shown
from fewqubit.meta.target import AnyTarget
from fewqubit.models.body import AnyArm
from fewqubit.models.measured import measured
from fewqubit.tasks.inputs import FeatureShape, Inputs, is_array, rows_of, structs
from fewqubit.tasks.shape import Shape


def build(
    settings: OwnLearner, arm: AnyArm, feature_shape: FeatureShape, target: AnyTarget
) -> MetaLearner:
    """The learner that the function of ``settings`` returns.

    Raises SettingsError: the function is not there; OwnCodeError: it raises, or returns something
    else.
    """
    name = shown(settings.kind)
    make = _maker(settings.kind)
    with OwnCode(f"learner '{name}'"):
        learner = make(settings, arm, feature_shape, target)
        named = isinstance(arm, str)  # a measured circuit cannot be initialised
        if isinstance(learner, MetaLearner) and isinstance(target, int) and named:
            _check_answers(learner, name, feature_shape, target)
    if not isinstance(learner, MetaLearner):
        raise OwnCodeError(
            f"learner '{name}': expected a MetaLearner (fewqubit.meta), it returned "
            f"{type(learner).__name__}; see docs/learners.md"
        )
    return learner


def measured_circuits(
    settings: OwnLearner, shape: Shape, feature_shape: FeatureShape
) -> tuple[int, int]:
    """Circuits to adapt to one task and to answer one query, counted while the learner runs."""
    bills: list[Bill] = []
    key = jax.random.key(0)
    counted = settings.build(measured(tally, key, bills), feature_shape, shape.n_way)
    params = settings.build("quantum", feature_shape, shape.n_way).init(key).params
    x = _any(key, feature_shape, shape.n_way * shape.n_shot + 1)
    with OwnCode(f"learner '{shown(settings.kind)}'"):
        y = jnp.arange(shape.n_way).repeat(shape.n_shot)
        support, query = rows_of(x, slice(1, None)), rows_of(x, slice(1))
        adapted = jax.block_until_ready(counted.adapt(params, support, y))
        adapt = total(bills).circuits
        jax.block_until_ready(counted.predict(adapted, query))
    return adapt, total(bills).circuits - adapt


def _maker(kind: str) -> Callable[..., Any]:
    """The user's function (settings, arm, feature_shape, target) -> MetaLearner."""
    if not is_held(kind):
        return resolve(kind, {}, "learner")
    learner = held(kind)
    if learner is None:
        raise SettingsError(
            f"{shown(kind)}: expected the process that this learner was handed over in; fit again"
        )
    if hasattr(learner, "build"):
        return lambda settings, *of_task: learner.build(*of_task)
    return lambda *of_task: MetaLearner(*(getattr(learner, name) for name in FUNCTIONS))


def _any(key: PRNGKeyArray, shape: FeatureShape, n: int) -> Inputs:
    """Arbitrary examples: an array of random numbers, or a pytree of ones."""
    if is_array(shape):
        return jax.random.normal(key, (n, *shape))
    return jax.tree.map(lambda leaf: jnp.ones(leaf.shape, leaf.dtype), structs(shape, n))


def _check_answers(learner: MetaLearner, name: str, shape: FeatureShape, n_way: int) -> None:
    """Raise OwnCodeError unless ``learner`` gives a logit for each query and class."""

    def answer(key: PRNGKeyArray, x: Inputs, y: Array) -> Array:
        state = learner.init(key)
        if not isinstance(state, MetaState) or not isinstance(state.params, Mapping):
            raise OwnCodeError(
                f"learner '{name}': expected init to give a MetaState (fewqubit.meta) whose params "
                f"are a mapping of parts, it gave {state!r:.80}"
            )
        return learner.predict(learner.adapt(state.params, x, y), x)

    x = structs(shape, 2 * n_way)
    y = jax.ShapeDtypeStruct((2 * n_way,), jnp.int32)
    logits = jax.eval_shape(answer, jax.random.key(0), x, y)
    found = getattr(logits, "shape", type(logits).__name__)
    if found != (2 * n_way, n_way):
        raise OwnCodeError(
            f"learner '{name}': expected logits [queries, classes], here {[2 * n_way, n_way]}, "
            f"predict gave {found}"
        )
