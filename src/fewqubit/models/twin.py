"""The classical twin: a network with exactly the circuit's number of trainable parameters."""

import math
from itertools import accumulate

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from fewqubit.models.network import Network


def twin_network(n_inputs: int, n_outputs: int, n_weights: int) -> Network:
    """tanh network φ ↦ W₂ tanh(W₁ φ + b₁) + b₂ with exactly ``n_weights`` trained numbers.

    The hidden layer is as wide as the wider of input and output, or wider if ``n_weights`` needs
    it, so that the twin is no bottleneck. ``n_weights`` numbers, in a fixed random order, are
    trained. The rest stay at their random start, so that any count is met exactly; they correspond
    to the fixed structure of a circuit. For ``n_weights`` = 0 the twin is the identity: the
    encoder's outputs are the features.
    """
    if n_weights == 0:
        return Network(lambda key: jnp.zeros(0), lambda theta, angles: angles)
    needed = math.ceil((n_weights - n_outputs) / (n_inputs + n_outputs + 1))
    hidden = max(n_inputs, n_outputs, needed)
    shapes = [(n_inputs, hidden), (hidden,), (hidden, n_outputs), (n_outputs,)]
    sizes = [math.prod(shape) for shape in shapes]
    cuts = list(accumulate(sizes))[:-1]
    gains = np.repeat([n_inputs**-0.5, 0.0, hidden**-0.5, 0.0], sizes).astype(np.float32)
    # The order and the untrained rest are part of the architecture, hence a fixed seed.
    random = np.random.default_rng(n_weights)
    order = random.permutation(sum(sizes))
    rest = jnp.asarray(random.standard_normal(sum(sizes), np.float32) * gains)

    def init(key: PRNGKeyArray) -> Float[Array, " weights"]:
        return (jax.random.normal(key, (sum(sizes),)) * gains)[order[:n_weights]]

    def apply(
        theta: Float[Array, " weights"], angles: Float[Array, " angles"]
    ) -> Float[Array, " features"]:
        flat = rest.astype(theta.dtype).at[order[:n_weights]].set(theta)
        parts = jnp.split(flat, cuts)
        w1, b1, w2, b2 = (part.reshape(s) for part, s in zip(parts, shapes, strict=True))
        return jnp.tanh(angles @ w1 + b1) @ w2 + b2

    return Network(init, apply)
