"""Encoders as values; only ``build`` imports the module of the network, and with it JAX."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    NonNegativeFloat,
    SerializeAsAny,
    ValidationError,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from fewqubit.base.values import AS_LIST, ImportPath, Value, Width

if TYPE_CHECKING:
    from fewqubit.models.network import Network
    from fewqubit.tasks.inputs import FeatureShape

Widths = Annotated[tuple[Width, ...], Field(max_length=16, strict=False), AS_LIST]


def _no_layers(widths: tuple[int, ...]) -> tuple[int, ...]:
    if widths:
        raise ValueError("expected none, for this encoder has no layers")
    return widths


NoWidths = Annotated[Widths, AfterValidator(_no_layers)]


class Encoder(Value):
    """Settings of the classical network g_w from features to circuit angles.

    ``kind`` names it: ``mlp``, ``conv``, ``strided_conv``, ``identity``, ``amplitude``, or your own
    as ``module:function``. ``widths`` are the sizes of its hidden layers, or the channels of its
    blocks. The number of angles is known only to ``build``.
    """

    widths: Widths = ()
    if TYPE_CHECKING:

        @property
        def kind(self) -> str:
            """Its name in params.yaml; the last field of each subclass."""

    def build(self, feature_shape: FeatureShape, n_outputs: int) -> Network:
        """The network from one example of ``feature_shape`` to ``n_outputs`` angles.

        ``feature_shape`` is the shape of an array, or a pytree of ``jax.ShapeDtypeStruct`` where
        examples are pytrees of arrays (``fewqubit.tasks.inputs``).

        Raises SettingsError: it does not fit such examples, or this number of angles.
        """
        raise NotImplementedError

    def check_maps(self, names: Iterable[str]) -> None:
        """Raise ValueError, in one line, if the angles do not fit the feature maps ``names``."""

    def build_classical(self, feature_shape: FeatureShape, n_outputs: int) -> Network:
        """The encoder of a classical arm: the same, unless its angles are only for circuits."""
        return self.build(feature_shape, n_outputs)


class Identity(Encoder):
    """x ↦ x: no encoder; the features themselves are the angles."""

    widths: NoWidths = ()
    kind: Literal["identity"] = "identity"

    def build(self, feature_shape: FeatureShape, n_outputs: int) -> Network:
        from fewqubit.models.encoder import identity

        return identity(self, feature_shape, n_outputs)


class Amplitude(Encoder):
    """x ↦ the angles with which the feature map ``amplitude`` prepares Σ_b a_b |b⟩; no weights.

    a = x, or with ``constant`` c > 0 the vector (c, x/‖x‖), which has one more entry. A fidelity
    loses the sign of an inner product; c preserves it: |⟨a|a′⟩|² = ((c² + cos(x, x′))/(c² + 1))²
    grows with the cosine for c ≥ 1. Classical arms then get x/‖x‖ itself, which has as many numbers
    as there are angles: the angles are useful only in a circuit. Other feature maps are refused.
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
        from fewqubit.models.encoder import amplitude

        return amplitude(self, feature_shape, n_outputs)

    def build_classical(self, feature_shape: FeatureShape, n_outputs: int) -> Network:
        from fewqubit.models.encoder import amplitude, direction

        build = direction if self.constant else amplitude
        return build(self, feature_shape, n_outputs)


class Mlp(Encoder):
    """Dense layers of ``widths`` with ReLU between them; no width: one affine map."""

    kind: Literal["mlp"] = "mlp"

    def build(self, feature_shape: FeatureShape, n_outputs: int) -> Network:
        from fewqubit.models.encoder import mlp

        return mlp(self, feature_shape, n_outputs)


class Conv(Encoder):
    """3 × 3 convolution, norm, ReLU, 2 × 2 max-pool for each of ``widths``; then one affine map.

    The four-block network of Vinyals et al. (2016), §4.1, with one deviation: the norm is over
    the channels and pixels of each example, not over the batch, so that queries are independent.

    ``convolution``: computed as matrix ``products``, or ``direct`` by XLA. On CPUs a step with
    direct ones takes half the time, but only outside of loops: with ``training.vectorize_seeds``
    false, and where no inner step changes the encoder. Elsewhere it takes many times as long.
    """

    convolution: Literal["products", "direct"] = "products"
    kind: Literal["conv"] = "conv"

    def build(self, feature_shape: FeatureShape, n_outputs: int) -> Network:
        from fewqubit.models.conv import pooled

        return pooled(self, feature_shape, n_outputs)


class StridedConv(Encoder):
    """3 × 3 convolution with stride 2, norm, ReLU for each of ``widths``; then one affine map.

    The Omniglot network of Finn et al. (2017), §5.2, about four times cheaper than pooling. The
    norm is over each example, as in ``Conv``.
    """

    kind: Literal["strided_conv"] = "strided_conv"

    def build(self, feature_shape: FeatureShape, n_outputs: int) -> Network:
        from fewqubit.models.conv import strided

        return strided(self, feature_shape, n_outputs)


class OwnEncoder(Encoder):
    """The user's own encoder: ``kind`` is ``module:function``.

    The function maps (this value, feature_shape, n_outputs) -> Network.
    """

    options: dict[str, Any] = Field(default={})
    kind: ImportPath = Field(kw_only=True)

    def build(self, feature_shape: FeatureShape, n_outputs: int) -> Network:
        """Raises OwnCodeError: the function raises, or returns something else."""
        from fewqubit.models.encoder import own

        return own(self, feature_shape, n_outputs)


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
