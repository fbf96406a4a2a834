"""Augmentation of tasks: feature noise, affine distortion of images, adversarial supports."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jax.scipy.ndimage import map_coordinates
from jaxtyping import Array, Float, PRNGKeyArray

from fewqubit.errors import SettingsError
from fewqubit.tasks import Inputs, Task


def jittered(key: PRNGKeyArray, task: Task, scale: float) -> Task:
    """x + ε with ε ~ N(0, scale²) for every feature of support and query."""
    return on_both(key, task, lambda leaf_key, x: x + scale * jax.random.normal(leaf_key, x.shape))


def on_both(key: PRNGKeyArray, task: Task, change: Callable[[PRNGKeyArray, Array], Array]) -> Task:
    """Apply ``change`` to the support and, with another key, to the queries.

    In a pytree every leaf of floats changes. Raises SettingsError: there is no such leaf.
    """
    key_support, key_query = jax.random.split(key)

    def changed(key: PRNGKeyArray, x: Inputs) -> Inputs:
        if isinstance(x, jax.Array):
            return change(key, x)
        floats, put_back = _floats(x)
        keys = jax.random.split(key, len(floats))
        return put_back([change(*one) for one in zip(keys, floats, strict=True)])

    return task._replace(
        support_x=changed(key_support, task.support_x), query_x=changed(key_query, task.query_x)
    )


def _floats(x: Inputs) -> tuple[list[Array], Callable[[list[Array]], Inputs]]:
    """The leaves of floats, and the function that puts changed leaves back into examples."""
    leaves, structure = jax.tree.flatten(x)
    places = [n for n, leaf in enumerate(leaves) if jnp.issubdtype(leaf.dtype, jnp.floating)]
    if not places:
        raise SettingsError(
            "training: jitter, distortion and adversarial change numbers by a little, and these "
            f"examples have none: {', '.join(leaf.dtype.name for leaf in leaves)}; set them to 0"
        )

    def put_back(changed: list[Array]) -> Inputs:
        by_place = dict(zip(places, changed, strict=True))
        new = [by_place.get(n, leaf) for n, leaf in enumerate(leaves)]
        return jax.tree.unflatten(structure, new)

    return [leaves[n] for n in places], put_back


def attacked(loss: Callable[[Task], Float[Array, ""]], task: Task, size: float) -> Task:
    """x_s + size · sign ∂loss/∂x_s: the support changed so that the query loss grows most.

    This holds to first order. It is one step of Goodfellow et al. (2015), arXiv 1412.6572, §4,
    through the adaptation, as in ADML (Yin et al. 2018, arXiv 1806.03316). ``size`` bounds the
    change of each feature.
    """
    floats, put_back = _floats(task.support_x)
    gradients = jax.grad(lambda now: loss(task._replace(support_x=put_back(now))))(floats)
    worse = [x + size * jnp.sign(slope) for x, slope in zip(floats, gradients, strict=True)]
    return task._replace(support_x=put_back(jax.lax.stop_gradient(worse)))


def distorted(key: PRNGKeyArray, task: Task, scale: float) -> Task:
    """Each image of support and query, warped by a random affine map of its own.

    The new pixel at r is the image at r + A r + t, with A_ij, t_i ~ N(0, scale²) and r from −1 to
    1 in both directions. Interpolation is bilinear; beyond the edge the edge pixel is repeated.
    Raises SettingsError: the examples are no images.
    """
    return on_both(key, task, lambda leaf_key, x: _rows(leaf_key, x, scale))


def _rows(key: PRNGKeyArray, x: Array, scale: float) -> Array:
    if x.ndim not in (3, 4):
        raise SettingsError(
            f"training.distortion: expected images [height, width(, channels)], got features of "
            f"shape {list(x.shape[1:])}; set features.flatten to false, or distortion to 0"
        )
    maps = scale * jax.random.normal(key, (len(x), 2, 3))
    images = x.reshape(*x.shape[:3], -1)
    return jax.vmap(seen_through)(maps, images).reshape(x.shape)


def seen_through(
    change: Float[Array, "2 3"], image: Float[Array, "H W C"]
) -> Float[Array, "H W C"]:
    """The image sampled at r + A r + t instead of r; ``change`` is [A, t]."""
    height, width, _ = image.shape
    sides = jnp.linspace(-1, 1, height), jnp.linspace(-1, 1, width)
    r = jnp.stack(jnp.meshgrid(*sides, indexing="ij"))
    positions = r + jnp.einsum("ij,jhw->ihw", change[:, :2], r) + change[:, 2, None, None]
    pixels = [(positions[0] + 1) * (height - 1) / 2, (positions[1] + 1) * (width - 1) / 2]
    resample = jax.vmap(lambda one: map_coordinates(one, pixels, 1, mode="nearest"), -1, -1)
    return resample(image)
