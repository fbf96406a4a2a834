"""The arms by name, for those who speak of them and build none."""

from typing import Literal

Arm = Literal["quantum", "twin", "separable", "frozen", "bypass", "affine", "mlp", "rbf"]
OPPONENTS = ("bypass", "affine", "mlp", "rbf")  # of at most the trained size of the circuit
CLASSICAL_ARMS = ("twin", *OPPONENTS)
