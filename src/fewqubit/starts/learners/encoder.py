"""A network from a problem's descriptors to its start."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from fewqubit.starts.contract import Params, StartLearner, World, at
from fewqubit.starts.descent import Start
from fewqubit.starts.descriptors import standardise
from fewqubit.starts.landscape import Landscape
from fewqubit.starts.learners.maml import unrolled
from fewqubit.starts.learners.outer import beginning, outer_learner
from fewqubit.starts.settings.starters import EncoderStart


def build(starter: EncoderStart, world: World) -> StartLearner:
    """The network, trained by the loss of descents from its starts."""
    scaled = standardise(world.training)
    sizes = [world.training[0].descriptors.shape[-1], *starter.widths]

    def init_params(key: PRNGKeyArray) -> Params:
        keys = jax.random.split(key, len(sizes))
        layers = [
            {"weights": jax.random.normal(k, (a, b)) / jnp.sqrt(a), "bias": jnp.zeros(b)}
            for k, a, b in zip(keys[1:], sizes, sizes[1:], strict=False)
        ]
        last = jnp.zeros((sizes[-1], world.n_angles))
        return {
            "angles": beginning(keys[0], world, starter),
            "layers": layers,
            "last": last,
        }

    def adapt(params: Params, problem: Landscape, key: PRNGKeyArray) -> Start:
        del key
        hidden: Array = scaled(problem.descriptors)
        for layer in params["layers"]:
            hidden = jnp.tanh(hidden @ layer["weights"] + layer["bias"])
        return at(params["angles"] + hidden @ params["last"])

    def loss(params: Params, problem: Landscape, key: PRNGKeyArray) -> Float[Array, ""]:
        return unrolled(starter, world, adapt(params, problem, key), problem)

    return outer_learner(world, starter.training, init_params, loss, adapt)
