"""Channels as real matrices: R_PQ = Tr(P E(Q))/2ᵏ over the Pauli strings of k qubits.

Strings are counted in base 4, I X Y Z = 0 1 2 3, the first qubit the lowest digit, as in Qiskit's
``PTM``. A channel that keeps the trace has the first row (1, 0, …, 0).
"""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from fewqubit.errors import CircuitError

Channel = Float[np.ndarray, "4**k 4**k"]


class Noise(NamedTuple):
    """What a device adds to a circuit.

    after:    (gate's name, its qubits) -> the channel that follows it on those; None: none
    readout:  qubit -> the channel in front of its measurement (``readout_error``)
    """

    after: Callable[[str, tuple[int, ...]], Channel | None]
    readout: Mapping[int, Channel] = {}


def depolarizing(strength: float, n_qubits: int = 1) -> Channel:
    """E(ρ) = (1 − p) ρ + p 1/2ᵏ, p from 0 to 4ᵏ/(4ᵏ − 1)."""
    most = 4**n_qubits / (4**n_qubits - 1)
    _check("depolarizing", strength, most)
    return np.diag([1.0, *np.full(4**n_qubits - 1, 1.0 - strength)])


def amplitude_damping(strength: float) -> Channel:
    """|1⟩ falls to |0⟩ with the probability γ."""
    _check("amplitude_damping", strength)
    kept = np.sqrt(1.0 - strength)
    channel = np.diag([1.0, kept, kept, 1.0 - strength])
    channel[3, 0] = strength
    return channel


def phase_damping(strength: float) -> Channel:
    """Coherences shrink by √(1 − λ)."""
    _check("phase_damping", strength)
    kept = np.sqrt(1.0 - strength)
    return np.diag([1.0, kept, kept, 1.0])


def readout_error(wrong_zero: float, wrong_one: float) -> Channel:
    """Bits misread: P(1|0) = ``wrong_zero``, P(0|1) = ``wrong_one``; measuring ends coherence.

    ⟨Z⟩ ↦ (1 − P(1|0) − P(0|1)) ⟨Z⟩ + P(0|1) − P(1|0).
    """
    _check("readout", wrong_zero)
    _check("readout", wrong_one)
    channel = np.zeros((4, 4))
    channel[0, 0], channel[3, 3] = 1.0, 1.0 - wrong_zero - wrong_one
    channel[3, 0] = wrong_one - wrong_zero
    return channel


def twirled(channel: Channel) -> Channel:
    """The channel between random Paulis and their inverses: a Pauli channel, the diagonal of R."""
    return np.diag(np.diag(channel))


def everywhere(channel: Channel) -> Noise:
    """The one-qubit ``channel`` on every qubit of every gate."""
    return Noise(lambda name, qubits: kron([channel] * len(qubits)))


def kron(matrices: Iterable[np.ndarray]) -> np.ndarray:
    """The Kronecker product of all, the last one on the lowest digits; 1 of none."""
    product = np.ones((1, 1))
    for matrix in matrices:
        product = np.kron(product, matrix)
    return product


def _check(what: str, strength: float, most: float = 1.0) -> None:
    if not 0.0 <= strength <= most:
        raise CircuitError(f"{what}: expected a strength from 0 to {most:.4g}, got {strength}")
