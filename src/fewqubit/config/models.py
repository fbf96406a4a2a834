"""Settings of models: fixed feature maps, encoders, circuits."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, PositiveFloat

from fewqubit.config.section import Repeats, Section, Width
from fewqubit.usercode import parts

# the rows of fewqubit.circuits, which this room does not import; a test compares them
FEATURE_MAPS = (
    *("angle", "zz", "iqp", "pauli", "amplitude", "reuploading"),
    *("hardware_efficient", "phase", "covariant"),
)
Bandwidth = Annotated[float, Field(gt=0, le=1000)]  # radians for a feature of 1
ANSATZE = ("none", "real_amplitudes", "hardware_efficient", "phase")


class FeatureMap(Section):
    """A fixed circuit for the encode stage: ``kind`` is a registry row or ``module:function``."""

    kind: str
    n_qubits: Annotated[int, Field(ge=1, le=20)]
    repetitions: Repeats = 1
    bandwidth: Bandwidth = 1.0


def _encoder(kind: str) -> str:
    known = ("identity", "amplitude", "mlp", "conv", "strided_conv")
    if ":" in kind:
        parts(kind)
    elif kind not in known:
        raise ValueError(f"expected one of {', '.join(known)}, or your own as module:function")
    return kind


class Encoder(Section):
    """The classical network g_w from features to circuit angles.

    ``widths`` are the hidden layers of ``mlp`` (none: one affine map) or the channels of the blocks
    of ``conv`` (max-pooled) and ``strided_conv`` (about four times faster). ``options`` are for an
    encoder of the user's own, named ``module:function``.
    """

    kind: Annotated[str, AfterValidator(_encoder)]
    widths: Annotated[list[Width], Field(max_length=16)] = []
    options: dict[str, Any] = {}


class Classical(Section):
    """The scale of the classical arms, theirs to tune as ``bandwidth`` is the circuit's.

    ``input_scale`` c multiplies the angles φ that the encoder gives; features f are compared by
    exp(−γ‖f − f′‖²) or −γ‖f − μ‖², γ = ``gamma``. Of the arm ``rbf`` there are ``features``.
    """

    gamma: PositiveFloat = 1.0
    input_scale: PositiveFloat = 1.0
    features: Width = 64


class Circuit(Section):
    """Feature map and ansatz; the feature map's inputs are the encoder's outputs.

    ``ansatz_place``: behind the map, C(θ) U(x)|0⟩, or ``before`` it, U(x) C(θ)|0⟩. What compares
    states by fidelity sees nothing of an ansatz behind the last input, since C†C = 1.
    ``readout`` is what gradient learners see: ⟨Z_q⟩ of every qubit, with ``zz`` also ⟨Z_p Z_q⟩ of
    every pair, or with ``zero`` the probability of all qubits in |0⟩. Several ``members``, each
    with weights of its own, and further ones with the feature maps ``bagged``, make an ensemble:
    ``mean`` averages their readings with learned weights, ``concat`` puts them side by side.
    ``classical`` is what stands in the circuit's place in classical arms.
    """

    feature_map: str
    n_qubits: Annotated[int, Field(ge=1, le=20)]
    repetitions: Repeats = 1
    bandwidth: Bandwidth = 1.0
    ansatz: str = "none"
    layers: Annotated[int, Field(ge=0, le=1000)] = 0
    ansatz_place: Literal["after", "before"] = "after"
    readout: Literal["z", "zz", "zero"] = "z"
    members: Annotated[int, Field(ge=1, le=64)] = 1
    bagged: Annotated[list[str], Field(max_length=64)] = []
    combine: Literal["mean", "concat"] = "mean"
    classical: Classical = Classical()
