"""Convolutional encoders: blocks of convolution, norm and ReLU, each halving the image."""

import math
from collections.abc import Callable, Sequence
from functools import partial

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from fewqubit.errors import SettingsError
from fewqubit.models.network import Network, Params, affine, array_shape, dense
from fewqubit.models.settings import Conv, StridedConv
from fewqubit.tasks.inputs import FeatureShape

EPSILON = 1e-5  # keeps the norm of a constant image finite

Block = Callable[[Params, Float[Array, "H W C"]], Float[Array, "h w D"]]
Convolve = Callable[[Params, Float[Array, "H W C"], int], Float[Array, "h w D"]]


def pooled(encoder: Conv, feature_shape: FeatureShape, n_outputs: int) -> Network:
    """Blocks that halve by max-pool. Raises SettingsError: examples are no images."""
    shape = array_shape(feature_shape, encoder.kind)
    convolve = _direct if encoder.convolution == "direct" else _products
    return _blocks(partial(_pooled, convolve), shape, encoder.widths, n_outputs)


def strided(encoder: StridedConv, feature_shape: FeatureShape, n_outputs: int) -> Network:
    """Blocks that halve by stride. Raises SettingsError: examples are no images."""
    shape = array_shape(feature_shape, encoder.kind)
    return _blocks(_strided, shape, encoder.widths, n_outputs)


def _pooled(convolve: Convolve, params: Params, h: Float[Array, "H W C"]) -> Float[Array, "h w D"]:
    return _max_pool(jax.nn.relu(_example_norm(params, convolve(params, h, 1))))


def _strided(params: Params, h: Float[Array, "H W C"]) -> Float[Array, "h w D"]:
    return jax.nn.relu(_example_norm(params, _products(params, h, 2)))


def _blocks(
    block: Block, feature_shape: Sequence[int], widths: Sequence[int], n_outputs: int
) -> Network:
    if len(feature_shape) not in (2, 3):
        raise SettingsError(
            f"a conv encoder takes images [height, width(, channels)], the features have shape "
            f"{list(feature_shape)}; set features.flatten to false or use encoder mlp"
        )
    image = (*feature_shape, 1)[:3]

    def features(blocks: list[Params], x: Float[Array, "*feature"]) -> Float[Array, " flat"]:
        h = x.reshape(image)
        for params in blocks:
            h = block(params, h)
        return h.reshape(-1)

    def init(key: PRNGKeyArray) -> Params:
        *keys, key_out = jax.random.split(key, len(widths) + 1)
        ins = [image[2], *widths]
        blocks = [_init_block(k, a, b) for k, a, b in zip(keys, ins, widths, strict=False)]
        n_flat = jax.eval_shape(features, blocks, jnp.zeros(image)).size
        return {"blocks": blocks, "out": dense(key_out, n_flat, n_outputs)}

    def apply(params: Params, x: Float[Array, "*feature"]) -> Float[Array, " angles"]:
        return affine(params["out"], features(params["blocks"], x))

    return Network(init, apply)


def _init_block(key: PRNGKeyArray, n_in: int, n_out: int) -> dict[str, Array]:
    kernel = dense(key, 9 * n_in, n_out, math.sqrt(2))["weights"]
    return {"kernel": kernel, "scale": jnp.ones(n_out), "shift": jnp.zeros(n_out)}


def _products(params: Params, h: Float[Array, "H W C"], stride: int) -> Float[Array, "h w D"]:
    """3 × 3 convolution, zero-padded by one, as one matrix product over shifted copies.

    On CPUs, inside loops and with different weights for each seed, this is several times faster
    than ``_direct``: XLA finds the fast form of a convolution's gradient outside of loops alone,
    and one for each seed becomes a grouped one.
    """
    height, width, _ = h.shape
    padded = jnp.pad(h, ((1, 1), (1, 1), (0, 0)))
    shifted = [
        padded[i : i + height : stride, j : j + width : stride] for i in range(3) for j in range(3)
    ]
    return jnp.concatenate(shifted, axis=-1) @ params["kernel"]


def _direct(params: Params, h: Float[Array, "H W C"], stride: int) -> Float[Array, "h w D"]:
    """The same by XLA's convolution."""
    kernel = params["kernel"].reshape(3, 3, h.shape[-1], -1)
    found = jax.lax.conv_general_dilated(
        h[None],
        kernel,
        (stride, stride),
        ((1, 1), (1, 1)),
        dimension_numbers=("NHWC", "HWIO", "NHWC"),
    )
    return found[0]


def _example_norm(params: Params, h: Float[Array, "H W C"]) -> Float[Array, "H W C"]:
    """Zero mean and unit variance over one example, then a learned scale and shift per channel.

    Both are one affine map of ``h``: its gradient takes half the time of that of two.
    """
    mean = h.mean()
    scale = jax.lax.rsqrt(((h - mean) ** 2).mean() + EPSILON) * params["scale"]
    return h * scale + (params["shift"] - mean * scale)


def _max_pool(h: Float[Array, "H W C"]) -> Float[Array, "H/2 W/2 C"]:
    """2 × 2 max-pool; an odd last row or column is dropped, a side of length one is kept."""
    height, width, channels = h.shape
    rows, columns = min(2, height), min(2, width)
    h = h[: height // rows * rows, : width // columns * columns]
    blocks = h.reshape(height // rows, rows, width // columns, columns, channels)
    return blocks.max(axis=(1, 3))
