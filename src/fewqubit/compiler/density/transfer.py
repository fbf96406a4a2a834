"""Gates as real matrices on Pauli expectations: constant ones, and rotations as functions.

A rotation, controlled or not, is U = A + cos(a/2) B + sin(a/2) C with constant A, B, C, so that

    R(a) = Σ_{m,n} f_m f_n T_mn,    f = (1, cos(a/2), sin(a/2)),    T_mn = Re Tr(P U_m Q U_n†)/2ᵏ
"""

from collections.abc import Sequence
from functools import cache
from itertools import product

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Complex, Float

from fewqubit.base.products import einsum
from fewqubit.compiler.density.channels import Channel, kron
from fewqubit.compiler.parse.program import Control

_PAULIS = {
    "I": np.eye(2),
    "X": np.array([[0, 1], [1, 0]]),
    "Y": np.array([[0, -1j], [1j, 0]]),
    "Z": np.diag([1, -1]),
}


def transfer(unitary: Complex[np.ndarray, "2**k 2**k"]) -> Channel:
    """R of ρ ↦ U ρ U†."""
    return _between(unitary, unitary)


def rotations(
    pauli: str, controls: Sequence[Control], angles: Float[Array, " turns"]
) -> Float[Array, "turns 4**k 4**k"]:
    """R of exp(−i a/2 P) under controls, for every angle; controls are the higher qubits."""
    half = angles / 2
    factors = jnp.stack([jnp.ones_like(half), jnp.cos(half), jnp.sin(half)], axis=-1)
    parts = jnp.asarray(_parts(pauli, tuple(bit for _, bit in controls)), angles.dtype)
    return einsum("rm,rn,mnpq->rpq", factors, factors, parts)


def constant_rotation(pauli: str, controls: Sequence[Control], angle: float) -> Channel:
    """R of one rotation whose angle is known; by NumPy, whatever JAX is tracing."""
    factors = np.array([1.0, np.cos(angle / 2), np.sin(angle / 2)])
    parts = _parts(pauli, tuple(bit for _, bit in controls))
    return np.einsum("m,n,mnpq->pq", factors, factors, parts)


@cache
def _parts(pauli: str, bits: tuple[int, ...]) -> Float[np.ndarray, "3 3 4**k 4**k"]:
    """T_mn."""
    string = kron(_PAULIS[letter] for letter in reversed(pauli))
    on = kron(np.diag([1 - bit, bit]) for bit in reversed(bits))
    eye = np.eye(len(string))
    terms = [np.kron(np.eye(len(on)) - on, eye), np.kron(on, eye), -1j * np.kron(on, string)]
    return np.stack([np.stack([_between(left, right) for right in terms]) for left in terms])


def _between(
    left: Complex[np.ndarray, "d d"], right: Complex[np.ndarray, "d d"]
) -> Float[np.ndarray, "d2 d2"]:
    """Re Tr(P left Q right†)/d for all Pauli strings P, Q."""
    strings = _strings(len(left).bit_length() - 1)
    return np.einsum(
        "pab,bc,qcd,ad->pq", strings, left, strings, right.conj(), optimize=True
    ).real / len(left)


@cache
def _strings(n_qubits: int) -> Complex[np.ndarray, "4**n 2**n 2**n"]:
    """All Pauli strings, the first qubit the lowest digit and the lowest bit."""
    words = product("IXYZ", repeat=n_qubits)
    return np.stack([kron(_PAULIS[letter] for letter in word) for word in words]).astype(complex)
