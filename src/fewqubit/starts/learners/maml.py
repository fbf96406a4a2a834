"""The start from which a few steps of gradient descent solve a new problem."""

from typing import Annotated, ClassVar, Literal

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray
from pydantic import Field, NonNegativeFloat, PositiveFloat

from fewqubit.starts.contract import Params, Starter, StartLearner, World
from fewqubit.starts.descent import Start
from fewqubit.starts.landscape import Landscape
from fewqubit.starts.learners.outer import near_ramp, outer_learner
from fewqubit.starts.training import StartTraining


class ByDescent(Starter):
    """Learns through ``inner_steps`` of plain gradient descent.

    ``inner_rate``: its rate; none: the world's, which suits descents from the ramp.

    The loss of a problem is E/u: ``last``, where the descent ends, or ``path``, on average from
    the start on, which also counts what comes before. Training begins ``spread`` around the ramp.
    """

    learned: ClassVar[bool] = True
    random: ClassVar[bool] = True
    inner_steps: Annotated[int, Field(ge=0, le=100)] = 5
    inner_rate: PositiveFloat | None = None
    loss: Literal["last", "path"] = "path"
    spread: NonNegativeFloat = 0.05
    training: StartTraining = StartTraining()

    def start_training(self) -> StartTraining:
        return self.training


class MamlStart(ByDescent):
    """MAML (Finn et al. 2017, arXiv 1703.03400), where a task is a Hamiltonian.

        min_θ mean_k E_k(θ_5),    θ_{t+1} = θ_t − α ∇E_k(θ_t),    θ_0 = θ

    The gradient goes through the inner ones, unless ``first_order`` (§5.2). ``learn_rates`` learns
    a rate for each angle beside the start (Meta-SGD, Li et al. 2017, arXiv 1707.09835).
    """

    first_order: bool = False
    learn_rates: bool = False
    kind: Literal["maml"] = "maml"

    def build(self, world: World) -> StartLearner:
        def init_params(key: PRNGKeyArray) -> Params:
            return {
                "angles": near_ramp(key, world, self.spread),
                "log_rates": jnp.zeros(world.n_angles),
            }

        def adapt(params: Params, problem: Landscape, key: PRNGKeyArray) -> Start:
            del problem, key
            rates = params["log_rates"] if self.learn_rates else jnp.zeros(world.n_angles)
            return Start(params["angles"], jnp.exp(rates), jnp.zeros(()))

        def loss(params: Params, problem: Landscape, key: PRNGKeyArray) -> Float[Array, ""]:
            return unrolled(self, world, adapt(params, problem, key), problem, self.first_order)

        return outer_learner(world, self.training, init_params, loss, adapt)


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
