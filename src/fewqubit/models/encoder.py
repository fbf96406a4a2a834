"""Encoders g_w: classical networks from features to circuit angles."""

import math
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from typing import Annotated, Any, Literal

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray
from pydantic import BeforeValidator, Field, NonNegativeFloat, SerializeAsAny, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from fewqubit.base.registry import resolve
from fewqubit.base.usercode import OwnCode
from fewqubit.base.values import ImportPath
from fewqubit.circuits.feature_maps import amplitude_angles
from fewqubit.errors import OwnCodeError, SettingsError
from fewqubit.models.conv import Conv, StridedConv
from fewqubit.models.network import (
    Encoder,
    Network,
    NoWidths,
    Params,
    affine,
    array_shape,
    dense,
    unit,
)
from fewqubit.tasks.inputs import FeatureShape, is_array, structs


class Identity(Encoder):
    """x ↦ x: no encoder; the features themselves are the angles."""

    widths: NoWidths = ()
    kind: Literal["identity"] = "identity"

    def build(self, feature_shape: FeatureShape, n_outputs: int) -> Network:
        n_features = math.prod(array_shape(feature_shape, self.kind))
        if n_features != n_outputs:
            raise SettingsError(
                f"encoder identity: the circuit takes {n_outputs} angles, the data has "
                f"{n_features} features; set features.pca to {n_outputs} or use encoder mlp with "
                "no widths"
            )
        return Network(lambda key: {}, lambda params, x: x.reshape(-1))


class Amplitude(Encoder):
    """x ↦ the angles with which the feature map ``amplitude`` prepares Σ_b a_b |b⟩; no weights.

    a = x, or with ``constant`` c > 0 the vector (c, x/‖x‖), which is one longer. A fidelity forgets
    the sign of an inner product, and c keeps it: |⟨a|a′⟩|² = ((c² + cos(x, x′))/(c² + 1))², which
    for c ≥ 1 grows with the cosine. Classical arms then get x/‖x‖ itself, as many numbers as there
    are angles: those of the tree serve a circuit alone. Other maps are refused.
    """

    widths: NoWidths = ()
    constant: NonNegativeFloat = 0.0
    kind: Literal["amplitude"] = "amplitude"

    def check_maps(self, names: Iterable[str]) -> None:
        for name in names:
            if name != "amplitude":
                raise ValueError(
                    "encoder amplitude makes the angles of the feature map 'amplitude', with which "
                    f"'{name:.80}' prepares something else; set circuit.feature_map to amplitude"
                )

    def build(self, feature_shape: FeatureShape, n_outputs: int) -> Network:
        self._check(feature_shape, n_outputs)
        return Network(lambda key: {}, lambda params, x: amplitude_angles(self._amplitudes(x)))

    def build_classical(self, feature_shape: FeatureShape, n_outputs: int) -> Network:
        if not self.constant:
            return self.build(feature_shape, n_outputs)
        self._check(feature_shape, n_outputs)
        return Network(lambda key: {}, lambda params, x: unit(x.reshape(-1)))

    def _amplitudes(self, x: Float[Array, "*feature"]) -> Float[Array, " amplitudes"]:
        x = x.reshape(-1)
        return jnp.append(self.constant, unit(x)) if self.constant else x

    def _check(self, feature_shape: FeatureShape, n_outputs: int) -> None:
        n_features = math.prod(array_shape(feature_shape, self.kind))
        expected = n_outputs if self.constant else n_outputs + 1
        if n_features != expected:
            raise SettingsError(
                f"encoder amplitude: the circuit takes {n_outputs} angles, which are those of "
                f"{n_outputs + 1} amplitudes; the data has {n_features} features: set features.pca "
                f"to {expected}, and circuit.feature_map to amplitude"
            )


class Mlp(Encoder):
    """Dense layers of ``widths`` with ReLU between them; no width: one affine map."""

    kind: Literal["mlp"] = "mlp"

    def build(self, feature_shape: FeatureShape, n_outputs: int) -> Network:
        sizes = [math.prod(array_shape(feature_shape, self.kind)), *self.widths, n_outputs]

        def init(key: PRNGKeyArray) -> Params:
            keys = jax.random.split(key, len(sizes) - 1)
            return [
                dense(k, a, b, math.sqrt(2))
                for k, (a, b) in zip(keys, pairwise(sizes), strict=True)
            ]

        def apply(params: Params, x: Float[Array, "*feature"]) -> Float[Array, " angles"]:
            h = x.reshape(-1)
            for layer in params[:-1]:
                h = jax.nn.relu(affine(layer, h))
            return affine(params[-1], h)

        return Network(init, apply)


class OwnEncoder(Encoder):
    """An encoder of the user's own: ``kind`` is ``module:function``.

    The function is (this value, feature_shape, n_outputs) -> Network.
    """

    options: dict[str, Any] = Field(default={})
    kind: ImportPath = Field(kw_only=True)

    def build(self, feature_shape: FeatureShape, n_outputs: int) -> Network:
        """Raises OwnCodeError: the function raises, or gives something else."""
        make: Callable[..., Any] = resolve(self.kind, {}, "encoder")
        shape = tuple(feature_shape) if is_array(feature_shape) else feature_shape
        with OwnCode(f"encoder '{self.kind}'"):
            return _checked(make(self, shape, n_outputs), self.kind, shape, n_outputs)


ENCODERS: dict[str, type[Encoder]] = {
    "identity": Identity,
    "amplitude": Amplitude,
    "mlp": Mlp,
    "conv": Conv,
    "strided_conv": StridedConv,
}


def _of_kind(value: Any) -> Any:
    """The encoder that a section of params.yaml describes; a value is returned unchanged."""
    if not isinstance(value, Mapping):
        return value
    kind = value.get("kind")
    if isinstance(kind, str) and ":" in kind:
        return OwnEncoder.model_validate(value)
    if isinstance(kind, str) and kind in ENCODERS:
        return ENCODERS[kind].model_validate(value)
    unknown = f"expected one of {', '.join(ENCODERS)}, or your own as module:function"
    fault: Any = PydanticCustomError("value_error", unknown) if "kind" in value else "missing"
    line = InitErrorDetails(type=fault, loc=("kind",), input=kind)
    raise ValidationError.from_exception_data("encoder", [line])


AnyEncoder = Annotated[SerializeAsAny[Encoder], BeforeValidator(_of_kind)]


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
