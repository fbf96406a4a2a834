"""MAML: a start from which a few steps of gradient descent solve a new problem."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from fewqubit.starts.contract import Params, StartLearner, World
from fewqubit.starts.descent import Start
from fewqubit.starts.landscape import Landscape
from fewqubit.starts.learners.outer import beginning, outer_learner
from fewqubit.starts.settings.starters import ByDescent, MamlStart


def build(starter: MamlStart, world: World) -> StartLearner:
    """One start for all problems; with ``learn_rates`` also a rate for each angle."""

    def init_params(key: PRNGKeyArray) -> Params:
        return {
            "angles": beginning(key, world, starter),
            "log_rates": jnp.zeros(world.n_angles),
        }

    def adapt(params: Params, problem: Landscape, key: PRNGKeyArray) -> Start:
        del problem, key
        rates = params["log_rates"] if starter.learn_rates else jnp.zeros(world.n_angles)
        return Start(params["angles"], jnp.exp(rates), jnp.zeros(()))

    def loss(params: Params, problem: Landscape, key: PRNGKeyArray) -> Float[Array, ""]:
        return unrolled(starter, world, adapt(params, problem, key), problem, starter.first_order)

    return outer_learner(world, starter.training, init_params, loss, adapt)


def unrolled(
    learner: ByDescent, world: World, start: Start, problem: Landscape, first_order: bool = False
) -> Float[Array, ""]:
    """The loss of ``learner`` after its inner steps from ``start``."""
    rate = learner.inner_rate or world.rate
    value_and_gradient = jax.value_and_grad(lambda theta: world.energy(theta, problem))

    def one(theta: Array, _: None) -> tuple[Array, Array]:
        value, gradient = value_and_gradient(theta)
        if first_order:
            gradient = jax.lax.stop_gradient(gradient)
        return theta - rate * start.rates * gradient / problem.unit, value

    theta, before = jax.lax.scan(one, start.angles, length=learner.inner_steps)
    last = world.energy(theta, problem)
    found = last if learner.loss == "last" else jnp.append(before, last).mean()
    return found / problem.unit
