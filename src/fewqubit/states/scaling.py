"""Feature rows -> a circuit's inputs: principal components, then one standard deviation = 1 radian.

Fitted on meta-train rows only; test classes never influence the scale of the circuit's inputs.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from fewqubit.errors import SettingsError

_BLOCK = 8192


class Scaling(NamedTuple):
    """inputs = (row - mean) @ components / deviation, in radians before the map's bandwidth."""

    mean: Float[np.ndarray, " features"]
    components: Float[np.ndarray, "features inputs"]
    deviation: Float[np.ndarray, " inputs"]


def fit_scaling(rows: Float[np.ndarray, "rows features"], n_inputs: int) -> Scaling:
    """The ``n_inputs`` directions of largest variance of ``rows``, each scaled to deviation 1.

    As many features as inputs are kept as they are. Raises ``SettingsError`` for fewer.
    """
    n_features = rows.shape[1]
    if n_features < n_inputs:
        raise SettingsError(
            f"the feature map takes {n_inputs} inputs, the data set has {n_features} features; "
            "choose fewer qubits or repetitions for the map, or more features for the data set"
        )
    mean, covariance = _moments(rows)
    components = np.eye(n_features)
    if n_features > n_inputs:
        components = _oriented(np.linalg.eigh(covariance)[1][:, ::-1][:, :n_inputs])
    variance = np.maximum(np.einsum("fi,fg,gi->i", components, covariance, components), 0.0)
    flat = variance <= 1e-12 * variance.max(initial=1e-12)
    return Scaling(mean, components, np.where(flat, 1.0, np.sqrt(variance)))


def apply_scaling(
    scaling: Scaling, rows: Float[np.ndarray, "rows features"]
) -> Float[np.ndarray, "rows inputs"]:
    """The inputs of ``rows``, float32."""
    return ((rows - scaling.mean) @ scaling.components / scaling.deviation).astype(np.float32)


def _moments(rows: Float[np.ndarray, "rows features"]) -> tuple[np.ndarray, np.ndarray]:
    """Mean and covariance in double precision, in blocks: rows may be many, and of any type."""
    mean = rows.mean(axis=0, dtype=np.float64)
    covariance = np.zeros((rows.shape[1], rows.shape[1]))
    for start in range(0, len(rows), _BLOCK):
        block = rows[start : start + _BLOCK] - mean
        covariance += block.T @ block / len(rows)
    return mean, covariance


def _oriented(components: Float[np.ndarray, "f i"]) -> Float[np.ndarray, "f i"]:
    """Signs fixed by the largest entry of each direction: an eigenvector has none of its own."""
    largest = np.abs(components).argmax(axis=0)
    signs = np.sign(components[largest, np.arange(components.shape[1])])
    return components * signs
