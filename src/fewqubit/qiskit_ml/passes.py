"""The forward and backward pass of a library network whose circuit is compiled."""

import numpy as np
from numpy.typing import ArrayLike
from qiskit_machine_learning import QiskitMachineLearningError
from qiskit_machine_learning.neural_networks import NeuralNetwork

from fewqubit.base.io.numbers import real_numbers
from fewqubit.qiskit_ml.compiled import Compiled, Rows, Weights


class CheckedNetwork(NeuralNetwork):
    """A network whose rows and weights are finite numbers, whoever evaluates them.

    Raises ``DataError`` for any other, naming the entry.
    """

    def _validate_input(
        self, input_data: ArrayLike | None
    ) -> tuple[np.ndarray | None, tuple[int, ...] | None]:
        rows = None if input_data is None else real_numbers(input_data, "input_data")
        return super()._validate_input(rows)

    def _validate_weights(self, weights: ArrayLike | None) -> np.ndarray | None:
        values = None if weights is None else real_numbers(weights, "weights")
        return super()._validate_weights(values)


def forward(
    network: NeuralNetwork, compiled: Compiled, x: Rows | None, theta: Weights | None
) -> np.ndarray:
    """Outputs [N, *output]; N = 1 for a network without inputs."""
    return compiled.values(*_arguments(network, x, theta))


def backward(
    network: NeuralNetwork, compiled: Compiled, x: Rows | None, theta: Weights | None
) -> tuple[np.ndarray | None, np.ndarray | None]:
    """∂output/∂x, if the network has ``input_gradients``, and ∂output/∂θ.

    Each [N, *output, parameters], or None where nothing is asked or there are no parameters.
    """
    wanted = (network.input_gradients and network.num_inputs > 0, network.num_weights > 0)
    wrt = tuple(place for place in (0, 1) if wanted[place])
    if not wrt:
        return None, None
    found = dict(zip(wrt, compiled.jacobians(*_arguments(network, x, theta), wrt), strict=True))
    return found.get(0), found.get(1)


def _arguments(
    network: NeuralNetwork, x: Rows | None, theta: Weights | None
) -> tuple[Rows, Weights]:
    """Empty arrays for parts that the network does not have.

    Raises ``QiskitMachineLearningError`` for a part that it has and that is missing.
    """
    rows = np.zeros((1, 0)) if x is None else x
    weights = np.zeros(0) if theta is None else theta
    came, expected = (rows.shape[1], len(weights)), (network.num_inputs, network.num_weights)
    if came != expected:
        raise QiskitMachineLearningError(
            f"expected {expected[0]} inputs in a row and {expected[1]} weights, "
            f"got {came[0]} and {came[1]}"
        )
    return rows, weights
