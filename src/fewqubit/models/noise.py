"""What may disturb a model in training: angles that are off, entanglers that are gone."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, PRNGKeyArray

from fewqubit.config import Training
from fewqubit.models.network import Params


def with_noise(key: PRNGKeyArray, params: Params, training: Training) -> Params:
    """``params`` with the disturbances that the settings ask for, drawn anew for each task.

    They stand under "noise", which no learner adapts.
    """
    key_angles, key_entanglers = jax.random.split(key)
    noise: dict[str, Array] = {}
    if training.angle_noise:
        noise |= {"key": key_angles, "scale": jnp.asarray(training.angle_noise)}
    if training.entangler_dropout:
        noise |= {"dropped": jax.random.bernoulli(key_entanglers, training.entangler_dropout)}
    return {**params, "noise": noise} if noise else params


def shaken(noise: Params, values: Params) -> Params:
    """φ + ε with ε ~ N(0, scale²), the same for all examples of a task, as of a device that is off.

    ``values`` is any tree of angles.
    """
    leaves, tree = jax.tree.flatten(values)
    keys = jax.random.split(noise["key"], max(len(leaves), 1))
    moved = [
        leaf + noise["scale"] * jax.random.normal(key, leaf.shape)
        for key, leaf in zip(keys, leaves, strict=False)
    ]
    return jax.tree.unflatten(tree, moved)
