"""Fermions on qubits by Jordan–Wigner: qubit p is spin orbital p."""

from collections.abc import Iterable, Sequence
from functools import reduce

import numpy as np
from jaxtyping import Float
from qiskit.quantum_info import SparsePauliOp

SMALL = 1e-12  # smaller integrals count as 0


def annihilator(orbital: int, n_orbitals: int) -> SparsePauliOp:
    """a_p = Z_0 … Z_{p−1} (X_p + iY_p)/2, where |1⟩ is occupied."""
    string = "Z" * orbital
    parts = [("X" + string, 0.5), ("Y" + string, 0.5j)]
    return SparsePauliOp.from_list([(p.rjust(n_orbitals, "I"), c) for p, c in parts])


def product(created: Sequence[int], annihilated: Sequence[int], n: int) -> SparsePauliOp:
    """a†_p … a_q …, in the order given."""
    factors = [annihilator(p, n).adjoint() for p in created]
    factors += [annihilator(q, n) for q in annihilated]
    return reduce(lambda left, right: left.compose(right), reversed(factors)).simplify()


def electrons(
    constant: float, one: Float[np.ndarray, "m m"], two: Float[np.ndarray, "m m m m"]
) -> SparsePauliOp:
    """E + Σ h_pq a†_p a_q + ½ Σ (pq|rs) a†_p a†_r a_s a_q over both spins, on 2m qubits.

    Spin orbitals 2p and 2p + 1 are orbital p with spin up and down.
    """
    n = 2 * len(one)
    parts = [SparsePauliOp("I" * n, constant)]
    for p, q in np.argwhere(np.abs(one) > SMALL):
        parts += [one[p, q] * product([2 * p + s], [2 * q + s], n) for s in (0, 1)]
    for p, q, r, s in np.argwhere(np.abs(two) > SMALL):
        for left in (0, 1):
            for right in (0, 1):
                created, gone = [2 * p + left, 2 * r + right], [2 * s + right, 2 * q + left]
                if created[0] != created[1] and gone[0] != gone[1]:
                    parts.append(0.5 * two[p, q, r, s] * product(created, gone, n))
    return SparsePauliOp.sum(parts).simplify(1e-10)


def excitation(created: Sequence[int], annihilated: Sequence[int], n: int) -> SparsePauliOp:
    """The Hermitian generator G = i(T − T†) of e^{θ(T − T†)} = e^{−iθG}, for T = a†_p … a_q ….

    Its Pauli strings commute, so the evolution is exact in any order.
    """
    one_way = product(created, annihilated, n)
    return (1j * (one_way - one_way.adjoint())).simplify()


def excitations(occupied: Iterable[int], n: int) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Spin-conserving singles, then doubles; spin orbitals alternate between up and down."""
    filled = sorted(occupied)
    empty = [p for p in range(n) if p not in filled]
    singles = [((a,), (i,)) for i in filled for a in empty if a % 2 == i % 2]
    doubles = [
        ((b, a), (i, j))
        for n_i, i in enumerate(filled)
        for j in filled[n_i + 1 :]
        for n_a, a in enumerate(empty)
        for b in empty[n_a + 1 :]
        if sorted((a % 2, b % 2)) == sorted((i % 2, j % 2))
    ]
    return [*singles, *doubles]
