"""Kernels that a learner may exchange for its own once it is trained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Field, PositiveFloat

from fewqubit.base.values import AS_LIST, Value
from fewqubit.circuits.circuit import Circuit
from fewqubit.models.arm_names import CLASSICAL_ARMS


class ScaleFactors(Value):
    """What multiplies the scales of the classical arms, ``circuit.classical``."""

    gamma: PositiveFloat = 1.0
    input_scale: PositiveFloat = 1.0


class Candidate(Value):
    """A kernel in place of the circuit's own, and one in place of each classical arm's.

    ``geometry`` and ``flip_weight`` replace those of the circuit where they are given. The others
    are factors of the learner's own values, so that kernels differ whatever a search takes for
    those: ``bandwidth`` and ``gamma`` in arms with a circuit, ``classical`` in the others.
    """

    geometry: Literal["fidelity", "projected", "hamming"] | None = None
    flip_weight: Annotated[float, Field(ge=0, lt=1)] | None = None
    bandwidth: PositiveFloat = 1.0
    gamma: PositiveFloat = 1.0
    classical: ScaleFactors = ScaleFactors()

    def in_place_of(self, circuit: Circuit) -> Circuit:
        """``circuit`` with this kernel. Raises ValueError: the circuit does not take its values."""
        replaced = {"geometry": self.geometry, "flip_weight": self.flip_weight}
        given = {name: value for name, value in replaced.items() if value is not None}
        scales = circuit.classical
        classical = {
            "gamma": scales.gamma * self.classical.gamma,
            "input_scale": scales.input_scale * self.classical.input_scale,
        }
        scaled = {
            "bandwidth": circuit.bandwidth * self.bandwidth,
            "gamma": circuit.gamma * self.gamma,
            "classical": scales.model_dump() | classical,
        }
        return Circuit.model_validate(circuit.model_dump() | given | scaled)


Candidates = Annotated[tuple[Candidate, ...], Field(max_length=16, strict=False), AS_LIST]


def kernel_of_arm(circuit: Circuit, arm: str) -> dict[str, Any]:
    """The settings that tell the kernel of ``arm`` from its other kernels."""
    if arm in CLASSICAL_ARMS:
        scales = circuit.classical
        return {"gamma": scales.gamma, "input_scale": scales.input_scale}
    own = {"projected": {"gamma": circuit.gamma}, "hamming": {"flip_weight": circuit.flip_weight}}
    shape: dict[str, Any] = {"geometry": circuit.geometry, **own.get(circuit.geometry, {})}
    return {**shape, "bandwidth": circuit.bandwidth}


def kernel_words(circuit: Circuit, arm: str) -> str:
    """A kernel in words: ``projected gamma 0.5 bandwidth 1``."""
    parts = [
        value if name == "geometry" else f"{name} {value:g}"
        for name, value in kernel_of_arm(circuit, arm).items()
    ]
    return " ".join(parts)


def check_different(circuits: Sequence[Circuit]) -> None:
    """Raise ValueError unless every kernel differs from the others, in both sorts of arms.

    So an arm with a circuit and a classical one always choose among as many.
    """
    for arm, sort, settings in (
        ("quantum", "arms with a circuit", "geometry, flip_weight, gamma or bandwidth"),
        ("twin", "classical arms", "classical.gamma or classical.input_scale"),
    ):
        kernels = [kernel_of_arm(circuit, arm) for circuit in circuits]
        for number, kernel in enumerate(kernels):
            if (first := kernels.index(kernel)) != number:
                which = f"that of candidates.{first - 1}" if first else "the learner's own"
                raise ValueError(
                    f"candidates.{number - 1}: in {sort} its kernel is {which}, "
                    f"{kernel_words(circuits[number], arm)}, so they would choose among fewer than "
                    f"the other arms; give it another {settings}"
                )
