"""The outer step shared by learners of a start: descend the mean loss over problems."""

from collections.abc import Callable

import jax
import optax
from jaxtyping import Array, Float, PRNGKeyArray

from fewqubit.starts.contract import Params, StartLearner, StartState, World, predicts
from fewqubit.starts.descent import Start
from fewqubit.starts.landscape import Landscape
from fewqubit.starts.opponents.fixed_angles import published
from fewqubit.starts.settings.starters import ByDescent, StartTraining

Loss = Callable[[Params, Landscape, PRNGKeyArray], Float[Array, ""]]


def outer_learner(
    world: World,
    training: StartTraining,
    init_params: Callable[[PRNGKeyArray], Params],
    loss: Loss,
    adapt: Callable[[Params, Landscape, PRNGKeyArray], Start],
) -> StartLearner:
    """Learn ``params`` by the gradient of the mean ``loss`` over problems."""
    optimizer = training.optimizer()

    def init(key: PRNGKeyArray) -> StartState:
        params = init_params(key)
        return StartState(params, optimizer.init(params))

    def mean_loss(params: Params, problems: Landscape, keys: PRNGKeyArray) -> Float[Array, ""]:
        return jax.vmap(loss, in_axes=(None, 0, 0))(params, problems, keys).mean()

    def step(
        key: PRNGKeyArray, state: StartState, problems: Landscape
    ) -> tuple[StartState, Float[Array, ""]]:
        keys = jax.random.split(key, len(problems.unit))
        value, gradient = jax.value_and_grad(mean_loss)(state.params, problems, keys)
        updates, optimizer_state = optimizer.update(gradient, state.optimizer_state, state.params)
        return StartState(optax.apply_updates(state.params, updates), optimizer_state), value

    return StartLearner(init, step, adapt, predicts(world.energy))


def beginning(key: PRNGKeyArray, world: World, starter: ByDescent) -> Float[Array, " angles"]:
    """Angles before training: the ramp or the published angles, plus normal noise."""
    if starter.begin == "ramp":
        return near_ramp(key, world, starter.spread)
    angles = published(world)
    return angles + starter.spread * jax.random.normal(key, angles.shape)


def near_ramp(key: PRNGKeyArray, world: World, spread: float) -> Float[Array, " angles"]:
    """The ramp plus normal noise on each angle."""
    return world.ramp + spread * jax.random.normal(key, world.ramp.shape)
