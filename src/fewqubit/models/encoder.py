"""Encoders g_w: classical networks from features to circuit angles."""

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from fewqubit.base.registry import resolve
from fewqubit.base.usercode import OwnCode
from fewqubit.circuits.amplitude import amplitude_angles
from fewqubit.errors import OwnCodeError, SettingsError
from fewqubit.models.network import Network, Params, affine, array_shape, dense, unit
from fewqubit.models.settings import Amplitude, Identity, Mlp, OwnEncoder
from fewqubit.tasks.inputs import FeatureShape, is_array, structs


def identity(encoder: Identity, feature_shape: FeatureShape, n_outputs: int) -> Network:
    """The features unchanged. Raises SettingsError: there are not ``n_outputs`` of them."""
    n_features = math.prod(array_shape(feature_shape, encoder.kind))
    if n_features != n_outputs:
        raise SettingsError(
            f"encoder identity: the circuit takes {n_outputs} angles, the data has "
            f"{n_features} features; set features.pca to {n_outputs} or use encoder mlp with "
            "no widths"
        )
    return Network(lambda key: {}, lambda params, x: x.reshape(-1))


def amplitude(encoder: Amplitude, feature_shape: FeatureShape, n_outputs: int) -> Network:
    """The angles that prepare the amplitudes. Raises SettingsError: their number is wrong."""
    _check_amplitudes(encoder, feature_shape, n_outputs)

    def amplitudes(x: Float[Array, "*feature"]) -> Float[Array, " amplitudes"]:
        x = x.reshape(-1)
        return jnp.append(encoder.constant, unit(x)) if encoder.constant else x

    return Network(lambda key: {}, lambda params, x: amplitude_angles(amplitudes(x)))


def direction(encoder: Amplitude, feature_shape: FeatureShape, n_outputs: int) -> Network:
    """x/‖x‖, which replaces ``amplitude`` with a constant in classical arms."""
    _check_amplitudes(encoder, feature_shape, n_outputs)
    return Network(lambda key: {}, lambda params, x: unit(x.reshape(-1)))


def _check_amplitudes(encoder: Amplitude, feature_shape: FeatureShape, n_outputs: int) -> None:
    n_features = math.prod(array_shape(feature_shape, encoder.kind))
    expected = n_outputs if encoder.constant else n_outputs + 1
    if n_features != expected:
        raise SettingsError(
            f"encoder amplitude: the circuit takes {n_outputs} angles, which are those of "
            f"{n_outputs + 1} amplitudes; the data has {n_features} features: set features.pca "
            f"to {expected}, and circuit.feature_map to amplitude"
        )


def mlp(encoder: Mlp, feature_shape: FeatureShape, n_outputs: int) -> Network:
    """Dense layers with ReLU between them."""
    sizes = [math.prod(array_shape(feature_shape, encoder.kind)), *encoder.widths, n_outputs]

    def init(key: PRNGKeyArray) -> Params:
        keys = jax.random.split(key, len(sizes) - 1)
        return [
            dense(k, a, b, math.sqrt(2)) for k, (a, b) in zip(keys, pairwise(sizes), strict=True)
        ]

    def apply(params: Params, x: Float[Array, "*feature"]) -> Float[Array, " angles"]:
        h = x.reshape(-1)
        for layer in params[:-1]:
            h = jax.nn.relu(affine(layer, h))
        return affine(params[-1], h)

    return Network(init, apply)


def own(encoder: OwnEncoder, feature_shape: FeatureShape, n_outputs: int) -> Network:
    """The encoder of the user's function. Raises OwnCodeError: it raises, or returns none."""
    make: Callable[..., Any] = resolve(encoder.kind, {}, "encoder")
    shape = tuple(feature_shape) if is_array(feature_shape) else feature_shape
    with OwnCode(f"encoder '{encoder.kind}'"):
        return _checked(make(encoder, shape, n_outputs), encoder.kind, shape, n_outputs)


def _checked(network: object, name: str, shape: FeatureShape, n_outputs: int) -> Network:
    """The result of the user's function, checked to be an encoder."""
    if not isinstance(network, Network):
        raise OwnCodeError(
            f"encoder '{name}': expected a Network (fewqubit.models.network), the function "
            f"returned {type(network).__name__}"
        )
    params = jax.eval_shape(network.init, jax.random.key(0))
    angles = jax.eval_shape(network.apply, params, structs(shape))
    found = getattr(angles, "shape", type(angles).__name__)
    if found != (n_outputs,):
        raise OwnCodeError(
            f"encoder '{name}': expected {n_outputs} angles [{n_outputs}] for one example, "
            f"got {found}"
        )
    return network
