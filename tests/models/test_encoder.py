"""Encoders: shapes, and convolution against JAX's own."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from fewqubit.errors import SettingsError
from fewqubit.models.conv import EPSILON, _example_norm, _products
from fewqubit.models.network import Network, Params
from fewqubit.models.settings import Conv, Encoder, Identity, Mlp, StridedConv

KEY = jax.random.key(0)


@pytest.mark.parametrize(
    ("settings", "shape"),
    [
        (Mlp(), (7,)),
        (Mlp((5, 4)), (2, 3)),
        (Conv((4, 4)), (8, 8)),
        (Conv((4, 4, 4, 4)), (9, 7, 2)),
        (StridedConv((4, 4, 4, 4)), (9, 7)),
        (Identity(), (6,)),
    ],
)
def test_gives_one_angle_for_each_input_of_the_circuit(settings: Encoder, shape: tuple) -> None:
    network = settings.build(shape, 6)
    angles = network.apply(network.init(KEY), jnp.ones(shape))
    assert angles.shape == (6,)
    assert jnp.isfinite(angles).all()


@pytest.mark.parametrize("stride", [1, 2])
def test_convolution_equals_jax(stride: int) -> None:
    x = jax.random.normal(KEY, (6, 5, 3))
    kernel = jax.random.normal(KEY, (3, 3, 3, 4))
    ours = _products({"kernel": kernel.reshape(-1, 4)}, x, stride)
    theirs = jax.lax.conv_general_dilated(
        x[None], kernel, (stride, stride), [(1, 1), (1, 1)],
        dimension_numbers=("NHWC", "HWIO", "NHWC"),
    )[0]  # fmt: skip
    np.testing.assert_allclose(ours, theirs, atol=1e-4)


def test_direct_convolutions_give_the_same_angles_and_gradients() -> None:
    x = jax.random.normal(KEY, (5, 9, 7, 2))
    networks = [Conv((4, 3), convolution=how).build((9, 7, 2), 6) for how in ("products", "direct")]
    params = networks[0].init(KEY)

    def value(network: Network, params: Params) -> jax.Array:
        return (jax.vmap(network.apply, in_axes=(None, 0))(params, x) ** 2).sum()

    ours, theirs = (jax.grad(partial(value, network))(params) for network in networks)
    np.testing.assert_allclose(*(value(network, params) for network in networks), rtol=1e-4)
    jax.tree.map(partial(np.testing.assert_allclose, rtol=1e-3, atol=1e-4), ours, theirs)


def test_the_norm_of_an_example_is_that_of_all_its_pixels_and_channels() -> None:
    h = 3.0 + jax.random.normal(KEY, (6, 5, 3))
    scale, shift = jnp.array([1.0, -2.0, 0.5]), jnp.array([0.0, 1.0, -1.0])
    expected = scale * (h - h.mean()) / np.sqrt(np.var(h) + EPSILON) + shift
    found = _example_norm({"scale": scale, "shift": shift}, h)
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_an_example_is_encoded_alone() -> None:
    network = Conv((4, 4)).build((8, 8), 3)
    params, batch = network.init(KEY), jax.random.normal(KEY, (5, 8, 8))
    together = jax.vmap(network.apply, in_axes=(None, 0))(params, batch)
    np.testing.assert_allclose(together[2], network.apply(params, batch[2]), atol=1e-5)


def test_identity_refuses_another_number_of_features() -> None:
    with pytest.raises(SettingsError, match="pca to 6"):
        Identity().build((7,), 6)
