"""How the kernel of a feature map changes with its bandwidth, its qubits and its repetitions."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import jax
import numpy as np
from jaxtyping import Array, Float, Int, PRNGKeyArray

from fewqubit.base.keys import stream
from fewqubit.circuits.circuit import FeatureMap
from fewqubit.circuits.named import find_feature_map
from fewqubit.compiler.compiled import CompiledCircuit, compile_circuit, random_weights
from fewqubit.diagnostics.batches import batched
from fewqubit.diagnostics.concentration import shots_per_entry
from fewqubit.diagnostics.figures import gram_figures
from fewqubit.diagnostics.plateau import gradient_variance
from fewqubit.states.kernels import fidelity_gram

BANDWIDTHS = tuple(2.0**power for power in range(-6, 2))
_GRADIENT_SAMPLES = 200
_gram = jax.jit(fidelity_gram)


class RowSample(NamedTuple):
    """Rows to look at: ``inputs`` of deviation 1 and their classes."""

    inputs: Float[np.ndarray, "rows inputs"]
    labels: Int[np.ndarray, " rows"]


class KernelPoint(NamedTuple):
    """The kernel of one setting of a feature map on the rows of a data set."""

    n_qubits: int
    bandwidth: float
    mean: float
    variance: float
    shots: float
    alignment: float
    effective_rank: float


class PlateauPoint(NamedTuple):
    """Variance of the steepest derivative of one size of a feature map."""

    n_qubits: int
    repetitions: int
    variance: float


def scan_bandwidths(
    circuit: CompiledCircuit,
    theta: Float[Array, " weights"],
    bandwidth: float,
    sample: RowSample,
    bandwidths: Iterable[float] = BANDWIDTHS,
) -> list[KernelPoint]:
    """The kernel at each bandwidth, and at the circuit's own ``bandwidth``, in rising order.

    A bandwidth is a factor of the inputs, so one compiled circuit serves all of them.
    """
    states = batched(lambda row: circuit.state(row, theta), circuit.n_qubits)
    return [
        _kernel_point(states(sample.inputs * (c / bandwidth)), sample.labels, c)
        for c in sorted({*bandwidths, bandwidth})
    ]


def scan_qubits(
    settings: FeatureMap, sizes: Sequence[int], sample: RowSample, key: PRNGKeyArray
) -> list[KernelPoint]:
    """The kernel of the feature map at each number of qubits; a smaller map takes the first inputs.

    The inputs are principal components, so the first are those that the smaller map would be given.
    """
    points = []
    for n_qubits in sizes:
        circuit = resized(settings, n_qubits, settings.repetitions)
        theta = random_weights(circuit, stream(key, n_qubits))
        (point,) = scan_bandwidths(
            circuit,
            theta,
            settings.bandwidth,
            RowSample(sample.inputs[:, : circuit.n_inputs], sample.labels),
            (),
        )
        points.append(point)
    return points


def scan_gradients(
    settings: FeatureMap, sizes: Sequence[tuple[int, int]], key: PRNGKeyArray
) -> list[PlateauPoint]:
    """The variance of the gradient for each (qubits, repetitions)."""
    return [
        PlateauPoint(
            *size,
            float(
                gradient_variance(resized(settings, *size), stream(key, *size), _GRADIENT_SAMPLES)
            ),
        )
        for size in sizes
    ]


def resized(settings: FeatureMap, n_qubits: int, repetitions: int) -> CompiledCircuit:
    """The feature map of ``settings`` in another size."""
    make = find_feature_map(settings.kind)
    return compile_circuit(make(n_qubits, repetitions, settings.bandwidth))


def _kernel_point(states: Array, labels: Int[np.ndarray, " rows"], bandwidth: float) -> KernelPoint:
    gram = _gram(states)
    of_gram = gram_figures(gram, labels)
    return KernelPoint(
        n_qubits=int(states.shape[-1]).bit_length() - 1,
        bandwidth=bandwidth,
        mean=float(of_gram.mean),
        variance=float(of_gram.variance),
        shots=shots_per_entry(np.asarray(gram)),
        alignment=float(of_gram.alignment),
        effective_rank=float(of_gram.effective_rank),
    )
