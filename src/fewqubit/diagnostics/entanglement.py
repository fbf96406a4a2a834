"""Entangling capability: how mixed the states of single qubits are."""

import numpy as np
from jaxtyping import Float


def entangling_capability(bloch: Float[np.ndarray, "states q 3"]) -> float:
    """Mean Q over states, as Sim, Johnson, Aspuru-Guzik 2019, 1905.10876, define it."""
    return float(meyer_wallach(bloch).mean())


def meyer_wallach(bloch: Float[np.ndarray, "*states q 3"]) -> Float[np.ndarray, "*states"]:
    """Q = 2 (1 - mean_q tr ρ_q²) = 1 - mean_q |r_q|²; 0 for product states, 1 for GHZ states.

    Meyer & Wallach, quant-ph/0108104, in the form of Brennen, quant-ph/0305094; the purity of a
    qubit with Bloch vector r is tr ρ² = (1 + |r|²)/2.
    """
    return 1.0 - np.sum(np.asarray(bloch, np.float64) ** 2, axis=-1).mean(axis=-1)
