"""Settings of circuits: a fixed feature map; or a feature map with an ansatz to be trained."""

import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, PositiveFloat, model_validator

from fewqubit.base.values import AS_LIST, Repeats, Section, Value, Width
from fewqubit.circuits.bounds import check_ansatz, check_fixed, check_map, check_maps

Bandwidth = Annotated[float, Field(gt=0, le=1000)]  # radians for a feature of 1


class FeatureMap(Section):
    """A fixed circuit for the encode stage: ``kind`` is a registry row or ``module:function``."""

    kind: str
    n_qubits: Annotated[int, Field(ge=1, le=20)]
    repetitions: Repeats = 1
    bandwidth: Bandwidth = 1.0

    @model_validator(mode="after")
    def _means_what_it_says(self) -> Self:
        check_fixed(self.kind)
        check_map(self.kind, self.repetitions, self.bandwidth)
        return self


class Classical(Value):
    """The scale of the classical arms, theirs to tune as ``bandwidth`` is the circuit's.

    ``input_scale`` c multiplies the angles φ that the encoder gives; features f are compared by
    exp(−γ‖f − f′‖²) or −γ‖f − μ‖², γ = ``gamma``. Of the arm ``rbf`` there are ``features``.
    """

    gamma: PositiveFloat = 1.0
    input_scale: PositiveFloat = 1.0
    features: Width = 64


class Circuit(Value):
    """Feature map and ansatz; the feature map's inputs are the encoder's outputs.

    ``ansatz_place``: behind the map, C(θ) U(x)|0⟩, or ``before`` it, U(x) C(θ)|0⟩. What compares
    states by fidelity sees nothing of an ansatz behind the last input, since C†C = 1.
    Weights start at θ ~ U(−``spread``, ``spread``), in radians; near 0 the circuits of
    ``real_amplitudes`` and ``hardware_efficient`` leave |0⟩ nearly as it is.
    ``readout`` is what gradient learners see: ⟨Z_q⟩ of every qubit, with ``zz`` also ⟨Z_p Z_q⟩ of
    every pair, or with ``zero`` the probability of all qubits in |0⟩. Several ``members``, each
    with weights of its own, and further ones with the feature maps ``bagged``, make an ensemble:
    ``mean`` averages their readings with learned weights, ``concat`` puts them side by side.
    ``geometry`` is what learners that compare states see: the ``fidelity``; ``projected``, a
    Gaussian of one-qubit reduced states with γ = ``gamma``; ``hamming``, all outcomes of U(x), then
    U†(x′), each bit that is 1 weighing ``flip_weight``.
    ``noise`` is what simulation adds: ``depolarizing:p``, ``amplitude_damping:p`` or
    ``phase_damping:p`` after every gate, or a fake device's, such as ``fake_manila``, compiled for
    it; ``twirled:fake_manila`` to Pauli channels.
    ``classical`` is what stands in the circuit's place in classical arms.

    ``feature_map`` and ``ansatz`` may be a ``QuantumCircuit`` with inputs "x" and weights "θ": it
    is kept as OpenQASM 3, and gives ``n_qubits``.
    """

    feature_map: str = "hardware_efficient"
    n_qubits: Annotated[int, Field(ge=1, le=20)] = 6
    repetitions: Repeats = 1
    bandwidth: Bandwidth = 1.0
    ansatz: str = "none"
    layers: Annotated[int, Field(ge=0, le=1000)] = 0
    ansatz_place: Literal["after", "before"] = "after"
    spread: Annotated[float, Field(ge=0, le=math.pi)] = math.pi
    readout: Literal["z", "zz", "zero"] = "z"
    members: Annotated[int, Field(ge=1, le=64)] = 1
    bagged: Annotated[tuple[str, ...], Field(max_length=64, strict=False), AS_LIST] = ()
    combine: Literal["mean", "concat"] = "mean"
    geometry: Literal["fidelity", "projected", "hamming"] = "fidelity"
    gamma: PositiveFloat = 1.0
    flip_weight: Annotated[float, Field(ge=0, lt=1)] = 0.5
    noise: Annotated[str, Field(pattern=r"^[a-z0-9_]+(:[a-z0-9_.e-]+)?$")] = "none"
    classical: Classical = Classical()

    def with_texts(self) -> "Circuit":
        """Itself, with the text of a circuit in place of its file's name: it needs no file."""
        from fewqubit.circuits.load import text_of

        names = {"feature_map": text_of(self.feature_map), "ansatz": text_of(self.ansatz)}
        return self.model_copy(update={**names, "bagged": tuple(map(text_of, self.bagged))})

    @model_validator(mode="after")
    def _means_what_it_says(self) -> Self:
        check_maps((self.feature_map, *self.bagged), self.repetitions, self.bandwidth)
        check_ansatz(self.ansatz, self.layers)
        return self

    @model_validator(mode="before")
    @classmethod
    def _as_text(cls, values: Any) -> Any:
        if not isinstance(values, Mapping):
            return values
        given = {
            key: values[key]
            for key in ("feature_map", "ansatz")
            if hasattr(values.get(key), "num_qubits")
        }
        if not given:
            return values
        from fewqubit.circuits.load import circuit_as_text

        qubits = {"n_qubits": next(iter(given.values())).num_qubits}
        return qubits | {**values} | {key: circuit_as_text(one) for key, one in given.items()}
