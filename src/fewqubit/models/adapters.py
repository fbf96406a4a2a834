"""Low-rank adapters: few parameters with which an encoder adapts."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, PRNGKeyArray

from fewqubit.errors import SettingsError
from fewqubit.models.network import Params


def init_adapters(key: PRNGKeyArray, encoder: Params, rank: int) -> Params:
    """{"down": A}, one A [n_in, rank] ~ N(0, 1/n_in) for each weight matrix of the encoder.

    Raises SettingsError: the encoder has no matrix.
    """
    matrices = _matrices(encoder)
    if not matrices:
        raise SettingsError(
            "adapts: adapters adapt the encoder's weight matrices, and this encoder has none; "
            "use encoder mlp or conv, or adapt the circuit"
        )
    keys = jax.random.split(key, len(matrices))
    return {
        "down": [
            jax.random.normal(own, (len(matrix), rank)) / len(matrix) ** 0.5
            for own, matrix in zip(keys, matrices, strict=True)
        ]
    }


def begin_adapters(encoder: Params, adapters: Params) -> Params:
    """The adapters that a task starts from: B = 0, so that A B = 0."""
    up = [
        jnp.zeros((down.shape[1], matrix.shape[1]))
        for down, matrix in zip(adapters["down"], _matrices(encoder), strict=True)
    ]
    return {**adapters, "up": up}


def merged(encoder: Params, adapters: Params) -> Params:
    """W + A B for every matrix (LoRA: Hu et al. 2021, arXiv 2106.09685, eq. 3)."""
    changes = iter(a @ b for a, b in zip(adapters["down"], adapters["up"], strict=True))
    return jax.tree.map(lambda leaf: leaf + next(changes) if leaf.ndim == 2 else leaf, encoder)


def _matrices(encoder: Params) -> list[Array]:
    return [leaf for leaf in jax.tree.leaves(encoder) if leaf.ndim == 2]
