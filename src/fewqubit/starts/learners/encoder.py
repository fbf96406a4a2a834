"""A network from a problem's descriptors to its start."""

from typing import Annotated, Literal

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray
from pydantic import Field

from fewqubit.base.values import AS_LIST, Width
from fewqubit.starts.contract import Params, StartLearner, World, at
from fewqubit.starts.descent import Start
from fewqubit.starts.descriptors import standardise
from fewqubit.starts.landscape import Landscape
from fewqubit.starts.learners.maml import ByDescent, unrolled
from fewqubit.starts.learners.outer import near_ramp, outer_learner

Widths = Annotated[tuple[Width, ...], Field(max_length=8, strict=False), AS_LIST]


class EncoderStart(ByDescent):
    """θ_0 = θ + W_k tanh(… tanh(W_1 z + b_1)), z the standardised descriptors.

    With ``inner_steps`` 0 it is Meta-VQE with a network (Cervera-Lierta et al. 2020, arXiv
    2009.13545); with more, Q-MAML's learned encoder (arXiv 2501.05906), trained through the
    descent. The last layer begins at 0: training starts from one start for all.
    """

    widths: Widths = (16,)
    kind: Literal["encoder"] = "encoder"

    def build(self, world: World) -> StartLearner:
        scaled = standardise(world.training)
        sizes = [world.training[0].descriptors.shape[-1], *self.widths]

        def init_params(key: PRNGKeyArray) -> Params:
            keys = jax.random.split(key, len(sizes))
            layers = [
                {"weights": jax.random.normal(k, (a, b)) / jnp.sqrt(a), "bias": jnp.zeros(b)}
                for k, a, b in zip(keys[1:], sizes, sizes[1:], strict=False)
            ]
            last = jnp.zeros((sizes[-1], world.n_angles))
            return {
                "angles": near_ramp(keys[0], world, self.spread),
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
            return unrolled(self, world, adapt(params, problem, key), problem)

        return outer_learner(world, self.training, init_params, loss, adapt)
