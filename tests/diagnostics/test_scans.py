"""Scans: one compiled circuit for every bandwidth, the first inputs for fewer qubits."""

import numpy as np
import pytest

from fewqubit.base.keys import root_key
from fewqubit.config import FeatureMap
from fewqubit.diagnostics.scans import (
    RowSample,
    resized,
    scan_bandwidths,
    scan_gradients,
    scan_qubits,
)

SAMPLE = RowSample(np.random.default_rng(0).normal(size=(30, 4)), np.arange(30) % 3)


def angle(bandwidth: float, n_qubits: int = 4) -> FeatureMap:
    return FeatureMap(kind="angle", n_qubits=n_qubits, repetitions=1, bandwidth=bandwidth)


def product_kernel(inputs: np.ndarray) -> np.ndarray:
    """RY on every qubit and no entangler: K_ij = Π_q cos²((x_iq - x_jq)/2)."""
    differences = inputs[:, None, :] - inputs[None, :, :]
    return np.prod(np.cos(differences / 2) ** 2, axis=-1)[np.triu_indices(len(inputs), 1)]


def test_each_bandwidth_is_that_of_a_circuit_of_its_own():
    settings = angle(0.5)
    circuit, theta = resized(settings, 4, 1), np.zeros(0)
    points = scan_bandwidths(circuit, theta, 0.5, SAMPLE, (0.1, 2.0))
    assert [point.bandwidth for point in points] == [0.1, 0.5, 2.0]
    for point in points:
        expected = product_kernel(point.bandwidth * SAMPLE.inputs)
        assert point.mean == pytest.approx(expected.mean(), rel=1e-3)
        assert point.variance == pytest.approx(expected.var(), rel=1e-3)


def test_fewer_qubits_take_the_first_inputs():
    points = scan_qubits(angle(1.0), [1, 3], SAMPLE, root_key(0))
    assert [point.n_qubits for point in points] == [1, 3]
    for point in points:
        expected = product_kernel(SAMPLE.inputs[:, : point.n_qubits])
        assert point.mean == pytest.approx(expected.mean(), rel=1e-3)


def test_gradients_of_each_size():
    points = scan_gradients(angle(1.0), [(2, 1), (2, 2)], root_key(0))
    assert [(point.n_qubits, point.repetitions) for point in points] == [(2, 1), (2, 2)]
    assert points[0].variance == pytest.approx((1 - np.exp(-2)) / 2, abs=0.1)
