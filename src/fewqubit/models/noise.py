"""Disturbances of a model in training: noise on angles, dropped entanglers."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, PRNGKeyArray

from fewqubit.base.keys import stream
from fewqubit.models.network import Params
from fewqubit.models.parts import NOISE


def with_noise(
    key: PRNGKeyArray,
    params: Params,
    angle_noise: float = 0.0,
    entangler_dropout: float = 0.0,
    from_shots: bool = False,
) -> Params:
    """``params`` with new disturbances for each task, under "noise", which no learner adapts.

    They are noise of ``angle_noise`` radians on angles, entanglers dropped with probability
    ``entangler_dropout``, and a key for shots if the circuit is read ``from_shots``.
    """
    key_angles, key_entanglers = jax.random.split(key)
    noise: dict[str, Array] = {}
    if angle_noise:
        noise |= {"key": key_angles, "scale": jnp.asarray(angle_noise)}
    if entangler_dropout:
        noise |= {"dropped": jax.random.bernoulli(key_entanglers, entangler_dropout)}
    if from_shots:
        noise |= {"shots": stream(key, "shots")}
    return {**params, NOISE: noise} if noise else params


def shaken(noise: Params, values: Params) -> Params:
    """φ + ε with ε ~ N(0, scale²), the same for all examples of a task, like a miscalibrated
    device.

    ``values`` is any tree of angles.
    """
    leaves, tree = jax.tree.flatten(values)
    keys = jax.random.split(noise["key"], max(len(leaves), 1))
    moved = [
        leaf + noise["scale"] * jax.random.normal(key, leaf.shape)
        for key, leaf in zip(keys, leaves, strict=False)
    ]
    return jax.tree.unflatten(tree, moved)
