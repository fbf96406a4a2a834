"""Fermions on qubits: Jordan–Wigner, qubit p for spin orbital p."""

from collections.abc import Iterable, Sequence
from functools import reduce

from qiskit.quantum_info import SparsePauliOp


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


def excitation(created: Sequence[int], annihilated: Sequence[int], n: int) -> SparsePauliOp:
    """The Hermitian generator G = i(T − T†) of e^{θ(T − T†)} = e^{−iθG}, for T = a†_p … a_q ….

    Its Pauli strings commute, so the evolution is exact whatever their order.
    """
    one_way = product(created, annihilated, n)
    return (1j * (one_way - one_way.adjoint())).simplify()


def excitations(occupied: Iterable[int], n: int) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Singles, then doubles, that keep the spin: orbitals alternate between up and down."""
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
