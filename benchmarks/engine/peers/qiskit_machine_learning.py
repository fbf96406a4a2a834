"""qiskit-machine-learning's FidelityStatevectorKernel, which keeps a state for each row."""

from collections.abc import Callable

import numpy as np
from benchmarks.engine.peers.aer import zz_map
from qiskit_machine_learning.kernels import FidelityStatevectorKernel


def _states(x: np.ndarray) -> Callable[[], np.ndarray]:
    def run() -> np.ndarray:
        kernel = FidelityStatevectorKernel(feature_map=zz_map(x.shape[1]))
        return np.stack([np.asarray(kernel._get_statevector(tuple(row))) for row in x])

    return run


def _gram(x: np.ndarray) -> Callable[[], np.ndarray]:
    return lambda: FidelityStatevectorKernel(feature_map=zz_map(x.shape[1])).evaluate(x)


WORKS = {"states": _states, "gram": _gram}
