"""Encoders g_w: classical networks from features to circuit angles."""

import math
from collections.abc import Callable, Sequence

import jax
from jaxtyping import Array, Float, PRNGKeyArray

from fewqubit.circuits.feature_maps import amplitude_angles
from fewqubit.config import Encoder
from fewqubit.config.registry import resolve
from fewqubit.errors import OwnCodeError, SettingsError
from fewqubit.models.conv import pooled_conv, strided_conv
from fewqubit.models.network import Network, Params, affine, dense
from fewqubit.usercode import OwnCode

MakeEncoder = Callable[[Encoder, tuple[int, ...], int], Network]


def build_encoder(settings: Encoder, feature_shape: Sequence[int], n_outputs: int) -> Network:
    """The encoder of ``settings`` from examples of ``feature_shape`` to ``n_outputs`` angles."""
    make = resolve(settings.kind, ENCODERS, "encoder")
    shape = tuple(feature_shape)
    if settings.kind in ENCODERS:
        return make(settings, shape, n_outputs)
    with OwnCode(f"encoder '{settings.kind}'"):
        return _checked(make(settings, shape, n_outputs), settings.kind, shape, n_outputs)


def _checked(network: object, name: str, shape: tuple[int, ...], n_outputs: int) -> Network:
    """What a function of the user's own gave, if it is an encoder."""
    if not isinstance(network, Network):
        raise OwnCodeError(
            f"encoder '{name}': expected a Network (fewqubit.models.network), the function "
            f"returned {type(network).__name__}"
        )
    params = jax.eval_shape(network.init, jax.random.key(0))
    angles = jax.eval_shape(network.apply, params, jax.ShapeDtypeStruct(shape, float))
    found = getattr(angles, "shape", type(angles).__name__)
    if found != (n_outputs,):
        raise OwnCodeError(
            f"encoder '{name}': expected {n_outputs} angles [{n_outputs}] for one example, "
            f"got {found}"
        )
    return network


def identity(settings: Encoder, feature_shape: tuple[int, ...], n_outputs: int) -> Network:
    """x ↦ x: no encoder; the features themselves are the angles."""
    n_features = math.prod(feature_shape)
    if n_features != n_outputs or settings.widths:
        raise SettingsError(
            f"encoder identity: the circuit takes {n_outputs} angles, the data has {n_features} "
            f"features; set features.pca to {n_outputs} or use encoder mlp with no widths"
        )
    return Network(lambda key: {}, lambda params, x: x.reshape(-1))


def amplitude(settings: Encoder, feature_shape: tuple[int, ...], n_outputs: int) -> Network:
    """x ↦ the angles with which the feature map ``amplitude`` prepares Σ_b x_b |b⟩; no weights."""
    n_features = math.prod(feature_shape)
    if n_features != n_outputs + 1 or settings.widths:
        raise SettingsError(
            f"encoder amplitude: the circuit takes {n_outputs} angles, which are those of "
            f"{n_outputs + 1} amplitudes; the data has {n_features} features: set features.pca to "
            f"{n_outputs + 1}, and circuit.feature_map to amplitude"
        )
    return Network(lambda key: {}, lambda params, x: amplitude_angles(x.reshape(-1)))


def mlp(settings: Encoder, feature_shape: tuple[int, ...], n_outputs: int) -> Network:
    """Dense layers with ReLU between them; no width: one affine map."""
    sizes = [math.prod(feature_shape), *settings.widths, n_outputs]

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


ENCODERS: dict[str, MakeEncoder] = {
    "identity": identity,
    "amplitude": amplitude,
    "mlp": mlp,
    "conv": pooled_conv,
    "strided_conv": strided_conv,
}
