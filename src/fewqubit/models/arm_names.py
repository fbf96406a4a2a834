"""The names of the arms, for code that does not build them."""

from typing import Literal

Arm = Literal["quantum", "twin", "separable", "frozen", "bypass", "affine", "mlp", "rbf"]
OPPONENTS = ("bypass", "affine", "mlp", "rbf")  # at most the circuit's trained size
CLASSICAL_ARMS = ("twin", *OPPONENTS)
ARM_MEANINGS: dict[str, str] = {
    "quantum": "quantum circuit",
    "twin": "classical twin: same encoder, as many parameters",
    "separable": "the circuit without entanglers",
    "frozen": "the circuit untrained",
    "bypass": "no circuit, the encoder alone",
    "affine": "an affine map, at most as many parameters",
    "mlp": "a hidden layer, at most as many parameters",
    "rbf": "features of an RBF kernel, at most as many parameters",
}
