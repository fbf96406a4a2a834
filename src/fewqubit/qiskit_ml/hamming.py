"""A kernel of all outcomes of each pair's circuits, in place of 0…0 alone."""

from numbers import Integral

import numpy as np
from jaxtyping import Float
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit_machine_learning import QiskitMachineLearningError
from qiskit_machine_learning.utils import algorithm_globals

from fewqubit.circuits.from_zero import without_resets
from fewqubit.circuits.parameters import renamed
from fewqubit.qiskit_ml.compiled import Compiled, Rows
from fewqubit.qiskit_ml.rows import RowKernel
from fewqubit.qiskit_ml.sampled import definite
from fewqubit.states.kernels import flip_weights
from fewqubit.states.observables import probabilities
from fewqubit.states.shots import counted_shares


class HammingKernel(RowKernel):
    """K(x, y) = ½ (k(x, y) + k(y, x)),   k(x, y) = Σ_b |⟨b|U†(y) U(x)|0⟩|² w^|b|.

    |b| is the number of ones in b; w = 0 is the fidelity. A device runs the circuits of
    compute-uncompute, both ways, and loses none of their outcomes: with many qubits 0…0 is never
    seen. The idea is that of arXiv 2605.31449, of which we had the abstract; the weights are ours.

    flip_weight:  w, from 0 to below 1; to be tuned
    shots:        None for exact values; else so many of each of a pair's two circuits, unbiased
    seed:         of these draws; None: the library's ``algorithm_globals.random``
    enforce_psd:  the matrix of rows with themselves is brought to the nearest positive
                  semi-definite one, with unit diagonal; K need not be one by itself

    Raises ``QiskitMachineLearningError`` for a weight or shots out of range, and ``CircuitError``
    for a feature map that is not unitary.
    """

    def __init__(
        self,
        *,
        feature_map: QuantumCircuit | None = None,
        flip_weight: float = 0.5,
        enforce_psd: bool = True,
        shots: int | None = None,
        seed: int | None = None,
    ) -> None:
        super().__init__(feature_map=feature_map, enforce_psd=enforce_psd)
        if not 0 <= flip_weight < 1:
            raise QiskitMachineLearningError(
                f"flip_weight: expected a number from 0 to below 1, got {flip_weight}"
            )
        is_integer = isinstance(shots, Integral) and not isinstance(shots, bool)
        if shots is not None and (not is_integer or shots < 1):
            raise QiskitMachineLearningError(
                f"shots: expected None, or a whole number from 1, got {shots}"
            )
        self._flip_weight, self._shots = float(flip_weight), shots
        self._random = None if seed is None else np.random.default_rng(seed)

    def evaluate(
        self, x_vec: Float[np.ndarray, "..."], y_vec: Float[np.ndarray, "..."] | None = None
    ) -> Float[np.ndarray, "m n"]:
        """The kernel between the rows of ``x_vec`` and of ``y_vec``, or ``x_vec`` with itself."""
        x, y = self._checked(x_vec, y_vec)
        if y is None:
            i, j = np.triu_indices(len(x), 1)
            kernel = np.eye(len(x))
            kernel[i, j] = kernel[j, i] = self._entries(x[i], x[j])
            return definite(kernel) if self._enforce_psd and len(x) else kernel
        i, j = (index.ravel() for index in np.indices((len(x), len(y))))
        return self._entries(x[i], y[j]).reshape(len(x), len(y))

    def _entries(self, left: Rows, right: Rows) -> Float[np.ndarray, " pairs"]:
        """The mean of both ways, row by row."""
        there = np.concatenate([left, right], axis=1)
        back = np.concatenate([right, left], axis=1)
        return (self._one_way(there) + self._one_way(back)) / 2

    def _one_way(self, pairs: Rows) -> Float[np.ndarray, " pairs"]:
        if self._compiled is None:
            self._compiled = _of_pairs(self._feature_map)
        shares = self._compiled.values(pairs, np.zeros(0))
        if self._shots is not None:
            random = self._random or algorithm_globals.random
            shares = counted_shares(random, shares, self._shots)
        entries: Float[np.ndarray, " pairs"] = shares @ flip_weights(
            self._feature_map.num_qubits, self._flip_weight
        )
        return entries


def _of_pairs(feature_map: QuantumCircuit) -> Compiled:
    """(x, y) -> the probabilities of all outcomes of U(x), then U†(y)."""
    circuit, inputs = without_resets(feature_map), list(feature_map.parameters)
    primed = list(ParameterVector("y", len(inputs)))
    pair = circuit.compose(renamed(circuit, inputs, primed).inverse())
    return Compiled(pair, [*inputs, *primed], (), probabilities)
