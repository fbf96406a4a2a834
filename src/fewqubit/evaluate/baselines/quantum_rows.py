"""States of rows under a fixed feature map, for ``qsvm``; bandwidth and whitening are tuned."""

from collections.abc import Callable
from functools import cache

import jax
import numpy as np
from jaxtyping import Array, Complex, Float, PRNGKeyArray

from fewqubit.circuits.feature_maps import FEATURE_MAPS
from fewqubit.circuits.named import find_feature_map
from fewqubit.compiler.compiled import compile_circuit, random_weights
from fewqubit.states.scaling import Scaling, apply_scaling, fit_scaling

AMPLITUDES_AT_ONCE = 2**20

States = Callable[[np.ndarray], Complex[np.ndarray, "N 2**n"]]


def state_maps(
    name: str, n_qubits: int, repetitions: int, known: Float[np.ndarray, "N d"], key: PRNGKeyArray
) -> Callable[[float, bool], States]:
    """(bandwidth, whiten) -> map from rows to states of ``name``, fitted to ``known`` rows only.

    Inputs are principal components. ``whiten``: each is scaled to deviation 1, as in ``encode``;
    else all are divided by one deviation, so that small components, mostly noise, stay small.
    Weights of a trainable map are drawn once. Raises SettingsError: fewer features than inputs.
    """

    @cache
    def compiled(bandwidth: float) -> tuple[Callable[[np.ndarray], Array], int]:
        circuit = compile_circuit(find_feature_map(name)(n_qubits, repetitions, bandwidth))
        theta = random_weights(circuit, key)
        return jax.jit(lambda x: circuit.states(x, theta)), circuit.n_inputs

    def make(bandwidth: float, whiten: bool) -> States:
        # Maps of the registry scale every input by it, so one circuit serves all bandwidths.
        outside, inside = (bandwidth, 1.0) if name in FEATURE_MAPS else (1.0, bandwidth)

        def states(rows: np.ndarray) -> np.ndarray:
            run, n_inputs = compiled(inside)
            scaling = fit_scaling(known, n_inputs)
            inputs = apply_scaling(scaling if whiten else _one_deviation(scaling), rows)
            return _in_blocks(run, np.float32(outside) * inputs, AMPLITUDES_AT_ONCE >> n_qubits)

        return states

    return make


def _one_deviation(scaling: Scaling) -> Scaling:
    """Scaling that divides all inputs by the root of their mean variance."""
    mean = np.sqrt((scaling.deviation**2).mean())
    return scaling._replace(deviation=np.full_like(scaling.deviation, mean))


def _in_blocks(run: Callable[[np.ndarray], Array], inputs: np.ndarray, size: int) -> np.ndarray:
    """``run`` of all rows, in blocks of one shape."""
    blocks = []
    for start in range(0, len(inputs), size):
        part = inputs[start : start + size]
        block = np.zeros((size, inputs.shape[1]), np.float32)
        block[: len(part)] = part
        blocks.append(np.asarray(run(block))[: len(part)])
    return np.concatenate(blocks)
