"""Encoders g_w: classical networks from features to circuit angles."""

import math
from collections.abc import Callable, Sequence

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from fewqubit.config import Encoder
from fewqubit.errors import SettingsError
from fewqubit.models.network import Network, Params, affine, dense

EPSILON = 1e-5  # keeps the norm of a constant image finite


def build_encoder(settings: Encoder, feature_shape: Sequence[int], n_outputs: int) -> Network:
    """The encoder of ``settings`` from examples of ``feature_shape`` to ``n_outputs`` angles."""
    return ENCODERS[settings.kind](tuple(feature_shape), list(settings.widths), n_outputs)


def identity(feature_shape: tuple[int, ...], widths: list[int], n_outputs: int) -> Network:
    """x ↦ x: no encoder; the features themselves are the angles."""
    n_features = math.prod(feature_shape)
    if n_features != n_outputs or widths:
        raise SettingsError(
            f"encoder identity: the circuit takes {n_outputs} angles, the data has {n_features} "
            f"features; set features.pca to {n_outputs} or use encoder mlp with no widths"
        )
    return Network(lambda key: {}, lambda params, x: x.reshape(-1))


def mlp(feature_shape: tuple[int, ...], widths: list[int], n_outputs: int) -> Network:
    """Dense layers with ReLU between them; no width: one affine map."""
    sizes = [math.prod(feature_shape), *widths, n_outputs]

    def init(key: PRNGKeyArray) -> Params:
        keys = jax.random.split(key, len(sizes) - 1)
        return [
            dense(k, a, b, math.sqrt(2))
            for k, a, b in zip(keys, sizes[:-1], sizes[1:], strict=True)
        ]

    def apply(params: Params, x: Float[Array, "*feature"]) -> Float[Array, " angles"]:
        h = x.reshape(-1)
        for layer in params[:-1]:
            h = jax.nn.relu(affine(layer, h))
        return affine(params[-1], h)

    return Network(init, apply)


def conv(feature_shape: tuple[int, ...], widths: list[int], n_outputs: int) -> Network:
    """Blocks of 3 × 3 convolution, norm, ReLU, 2 × 2 max-pool; then one affine map.

    The four-block network of Vinyals et al. (2016), §4.1, with one deviation: the norm is over
    each example's own channels and pixels, not over the batch, so that a query is predicted alone.
    """
    if len(feature_shape) not in (2, 3):
        raise SettingsError(
            f"encoder conv: expected images [height, width(, channels)], the features have shape "
            f"{list(feature_shape)}; set features.flatten to false or use encoder mlp"
        )
    height, width, channels = (*feature_shape, 1)[:3]
    sides = [(height, width)]
    for _ in widths:
        sides.append((max(sides[-1][0] // 2, 1), max(sides[-1][1] // 2, 1)))
    n_flat = sides[-1][0] * sides[-1][1] * (widths[-1] if widths else channels)

    def init(key: PRNGKeyArray) -> Params:
        keys = jax.random.split(key, len(widths) + 1)
        ins = [channels, *widths]
        blocks = [_block(k, a, b) for k, a, b in zip(keys, ins, widths, strict=False)]
        return {"blocks": blocks, "out": dense(keys[-1], n_flat, n_outputs)}

    def apply(params: Params, x: Float[Array, "*feature"]) -> Float[Array, " angles"]:
        h = x.reshape(height, width, channels)
        for block in params["blocks"]:
            h = _max_pool(jax.nn.relu(_example_norm(block, _convolve(block, h))))
        return affine(params["out"], h.reshape(-1))

    return Network(init, apply)


def _block(key: PRNGKeyArray, n_in: int, n_out: int) -> dict[str, Array]:
    kernel = dense(key, 9 * n_in, n_out, math.sqrt(2))
    return {"kernel": kernel["weights"], "scale": jnp.ones(n_out), "shift": jnp.zeros(n_out)}


def _convolve(block: dict[str, Array], h: Float[Array, "H W C"]) -> Float[Array, "H W D"]:
    """3 × 3 convolution as one matrix product over shifted copies.

    On CPUs, and under vmap over seeds with weights of their own, several times faster than XLA's
    convolution, which becomes a grouped one there.
    """
    height, width, _ = h.shape
    padded = jnp.pad(h, ((1, 1), (1, 1), (0, 0)))
    shifted = [padded[i : i + height, j : j + width] for i in range(3) for j in range(3)]
    return jnp.concatenate(shifted, axis=-1) @ block["kernel"]


def _example_norm(block: dict[str, Array], h: Float[Array, "H W C"]) -> Float[Array, "H W C"]:
    """Zero mean and unit variance over one example, then a learned scale and shift per channel."""
    centred = h - h.mean()
    return centred * jax.lax.rsqrt((centred**2).mean() + EPSILON) * block["scale"] + block["shift"]


def _max_pool(h: Float[Array, "H W C"]) -> Float[Array, "H/2 W/2 C"]:
    """2 × 2 max-pool; a last odd row or column is dropped, a side of one stays."""
    height, width, channels = h.shape
    rows, columns = min(2, height), min(2, width)
    h = h[: height // rows * rows, : width // columns * columns]
    blocks = h.reshape(height // rows, rows, width // columns, columns, channels)
    return blocks.max(axis=(1, 3))


ENCODERS: dict[str, Callable[[tuple[int, ...], list[int], int], Network]] = {
    "identity": identity,
    "mlp": mlp,
    "conv": conv,
}
