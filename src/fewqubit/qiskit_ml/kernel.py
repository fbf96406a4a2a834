"""Kernels for qiskit-machine-learning: a state for each row, never a circuit for each pair."""

from functools import cache, partial
from math import isfinite
from numbers import Integral

import numpy as np
from jaxtyping import Array, Float
from qiskit import QuantumCircuit
from qiskit_machine_learning import QiskitMachineLearningError
from qiskit_machine_learning.kernels import FidelityQuantumKernel
from qiskit_machine_learning.state_fidelities import BaseStateFidelity
from qiskit_machine_learning.utils import algorithm_globals

from fewqubit.qiskit_ml.rows import RowKernel
from fewqubit.qiskit_ml.sampled import definite, sampled_gram
from fewqubit.states.gram_blocks import Cross
from fewqubit.states.kernels import fidelity_cross, projected_cross
from fewqubit.states.observables import bloch_vectors
from fewqubit.states.shots import counted_fractions


def _state(state: Array) -> Array:
    return state


@cache
def _projected(gamma: float) -> Cross:
    """``projected_cross`` at γ: the same object for the same γ, which JAX compiles once."""
    return partial(projected_cross, gamma=gamma)


class FidelityKernel(RowKernel, FidelityQuantumKernel):
    """K(x, y) = |⟨φ(x)|φ(y)⟩|², the numbers of ``FidelityQuantumKernel`` in O(N) circuits.

    shots:     None for exact values; else each pair is drawn from its exact probability, as
               compute-uncompute would measure it: unbiased, symmetric, with unit diagonal
    seed:      of these draws; None: the library's ``algorithm_globals.random``
    fidelity:  if given, it runs the circuits of all pairs, as in the library

    ``enforce_psd`` applies to sampled values; exact ones are positive semi-definite anyway.
    ``evaluate_duplicates`` and ``max_circuits_per_job`` speak of circuits of pairs, and so apply
    with ``fidelity`` only. Raises ``QiskitMachineLearningError`` for shots below 1 or beside
    ``fidelity``, and ``CircuitError`` for a feature map that is not unitary.
    """

    _shots: int | None = None
    _random: np.random.Generator | None = None

    def __init__(
        self,
        *,
        feature_map: QuantumCircuit | None = None,
        fidelity: BaseStateFidelity | None = None,
        enforce_psd: bool = True,
        evaluate_duplicates: str = "off_diagonal",
        max_circuits_per_job: int | None = None,
        shots: int | None = None,
        seed: int | None = None,
    ) -> None:
        super().__init__(
            feature_map=feature_map,
            fidelity=fidelity,
            enforce_psd=enforce_psd,
            evaluate_duplicates=evaluate_duplicates,
            max_circuits_per_job=max_circuits_per_job,
        )
        self._readout, self._similarity = _state, fidelity_cross
        self._fidelity = fidelity  # None stays None: the library would run circuits
        self._sample_with(shots, seed)

    def _sample_with(self, shots: int | None, seed: int | None) -> None:
        is_integer = isinstance(shots, Integral) and not isinstance(shots, bool)
        if shots is not None and (not is_integer or shots < 1 or self._fidelity is not None):
            raise QiskitMachineLearningError(
                f"shots: expected None, or a whole number from 1 without a fidelity, got {shots}; "
                "a fidelity takes its shots from its sampler"
            )
        self._shots = shots
        self._random = None if seed is None else np.random.default_rng(seed)

    @property
    def shots(self) -> int | None:
        """Draws for each pair; None: exact."""
        return self._shots

    def evaluate(
        self, x_vec: Float[np.ndarray, "..."], y_vec: Float[np.ndarray, "..."] | None = None
    ) -> Float[np.ndarray, "m n"]:
        """The kernel between the rows of ``x_vec`` and of ``y_vec``, or ``x_vec`` with itself."""
        x, y = self._checked(x_vec, y_vec)
        if self._fidelity is not None:
            return super().evaluate(x, y)
        kernel = self._compare(x, y)
        if self._shots is None:
            return kernel
        random = self._random or algorithm_globals.random
        if y is not None:
            return counted_fractions(random, kernel, self._shots)
        sampled = sampled_gram(kernel, self._shots, random)
        return definite(sampled) if self._enforce_psd else sampled


class ProjectedKernel(RowKernel):
    """K(x, y) = exp(-γ Σ_q ‖ρ_q(x) - ρ_q(y)‖²_F) from the reduced state ρ_q of each qubit; exact.

    Huang et al., 2011.01938. The library has no such kernel.
    """

    def __init__(self, *, feature_map: QuantumCircuit | None = None, gamma: float = 1.0) -> None:
        super().__init__(feature_map=feature_map)
        self._readout = bloch_vectors
        if not (isfinite(gamma) and gamma > 0):
            raise QiskitMachineLearningError(f"gamma: expected a number above 0, got {gamma}")
        self._gamma = float(gamma)

    @property
    def _similarity(self) -> Cross:  # type: ignore[override]  # one function for all copies
        return _projected(self._gamma)

    def evaluate(
        self, x_vec: Float[np.ndarray, "..."], y_vec: Float[np.ndarray, "..."] | None = None
    ) -> Float[np.ndarray, "m n"]:
        """The kernel between the rows of ``x_vec`` and of ``y_vec``, or ``x_vec`` with itself."""
        return self._compare(*self._checked(x_vec, y_vec))
