"""Images seen a little askew: what keeps a class the same class though no pixel stays the same."""

import jax
import jax.numpy as jnp
from jax.scipy.ndimage import map_coordinates
from jaxtyping import Array, Float, PRNGKeyArray

from fewqubit.errors import SettingsError
from fewqubit.meta.disturb import on_both
from fewqubit.tasks import Task


def distorted(key: PRNGKeyArray, task: Task, scale: float) -> Task:
    """Every image of support and query through a random affine map of its own.

    The pixel at r is that of the image at r + A r + t, with A_ij, t_i ~ N(0, scale²), r from −1 to
    1 in both directions; between pixels bilinear, beyond the edge the edge.
    Raises SettingsError: the examples are no images.
    """
    return on_both(key, task, lambda own, x: _rows(own, x, scale))


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
    """The image at r + A r + t in place of r; ``change`` is A beside t."""
    height, width, _ = image.shape
    sides = jnp.linspace(-1, 1, height), jnp.linspace(-1, 1, width)
    r = jnp.stack(jnp.meshgrid(*sides, indexing="ij"))
    seen = r + jnp.einsum("ij,jhw->ihw", change[:, :2], r) + change[:, 2, None, None]
    pixels = [(seen[0] + 1) * (height - 1) / 2, (seen[1] + 1) * (width - 1) / 2]
    resample = jax.vmap(lambda one: map_coordinates(one, pixels, 1, mode="nearest"), -1, -1)
    return resample(image)
