"""Expressibility: how far the states of a circuit are from filling their space evenly."""

import numpy as np
from jaxtyping import Float

BINS = 75  # Sim et al.'s


def expressibility(fidelities: Float[np.ndarray, " pairs"], n_qubits: int) -> float:
    """D_KL(P(F) ‖ P_Haar(F)) in nats; 0 for Haar-random states, (2**n - 1) log 75 for one state.

    P is the histogram of the fidelities F of pairs of states in ``BINS`` bins; of Haar-random
    states P_Haar(F) = (N - 1)(1 - F)^(N - 2) with N = 2**n. Sim, Johnson, Aspuru-Guzik 2019,
    1905.10876. A finite number of pairs adds about (filled bins)/(2 · pairs). They draw the
    circuit's angles uniformly; here the caller chooses the states.
    """
    share = np.histogram(fidelities, BINS, (0.0, 1.0))[0] / len(fidelities)
    filled = share > 0
    log_ratio = np.log(share[filled]) - haar_log_shares(n_qubits)[filled]
    return float(np.sum(share[filled] * log_ratio))


def haar_log_shares(n_qubits: int) -> Float[np.ndarray, " bins"]:
    """log of ∫ P_Haar over each bin [a, b]: (1 - a)^(N - 1) - (1 - b)^(N - 1).

    As logarithms, because the last bins of 8 qubits hold 75⁻²⁵⁵.
    """
    power = 2.0**n_qubits - 1.0
    edges = np.arange(BINS + 1) / BINS
    lower, upper = 1.0 - edges[:-1], 1.0 - edges[1:]
    return power * np.log(lower) + np.log1p(-((upper / lower) ** power))
