"""Phase polynomials: φ(b) = -1/2 Σ_m a_m (-1)^parity(b & m) on all basis states b at once."""

from collections.abc import Callable, Mapping, Sequence

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import DTypeLike
from jaxtyping import Array, Float

from fewqubit.quantum.angles import Columns, Values, apply_matrix
from fewqubit.quantum.bits import parity_signs
from fewqubit.quantum.cis import cis
from fewqubit.quantum.expressions import Affine

MAX_SIGNS = 2**20  # entries of a sign matrix kept as a constant of the program

_EXACT = jax.lax.Precision.HIGHEST


class PhaseTable:
    """All phase polynomials of a circuit; equal ones, as in repeated layers, are computed once."""

    def __init__(self, columns: Columns, n_qubits: int, dtype: DTypeLike) -> None:
        self._columns, self._n_qubits, self._real = columns, n_qubits, jnp.finfo(dtype).dtype
        self._polynomials: dict[tuple[tuple[int, Affine], ...], int] = {}

    def add(self, terms: Mapping[int, Affine]) -> int:
        """The number under which exp(iφ) will be found."""
        key = tuple(sorted(terms.items(), key=lambda term: term[0]))
        return self._polynomials.setdefault(key, len(self._polynomials))

    def emit(self) -> Callable[[Values], list[Array]]:
        """Values -> exp(iφ), [2**n], of every polynomial."""
        makers = [self._emit_polynomial(dict(key)) for key in self._polynomials]
        return lambda values: [make(values) for make in makers]

    def _emit_polynomial(self, terms: Mapping[int, Affine]) -> Callable[[Values], Array]:
        """Terms of θ alone are summed apart from those of x: once for a batch of examples."""
        own = {mask: angle for mask, angle in terms.items() if self._columns.is_own(angle)}
        shared = {mask: angle for mask, angle in terms.items() if mask not in own}
        sums = [self._emit_sum(part) for part in (own, shared) if part]
        return lambda values: cis(sum(total(values) for total in sums))

    def _emit_sum(self, terms: Mapping[int, Affine]) -> Callable[[Values], Array]:
        angles = self._columns.matrix(list(terms.values()), self._real, 0.5)
        phases = emit_phases(list(terms), self._n_qubits, self._real)
        return lambda values: phases(apply_matrix(angles, values))


def emit_phases(
    masks: Sequence[int], n_qubits: int, real: DTypeLike
) -> Callable[[Float[Array, " masks"]], Float[Array, " 2**n"]]:
    """Angles a_m/2 -> φ: one matrix product with a constant matrix of signs.

    Where that matrix would be large it is split: the sign of a mask is the product of its signs on
    the lower and on the upper half of the qubits.
    """
    half = n_qubits // 2
    all_masks = np.array(masks, np.int64)
    if 2**n_qubits * len(masks) <= MAX_SIGNS:
        signs = -parity_signs(all_masks, n_qubits).astype(real)
        return lambda angles: jnp.matmul(signs, angles, precision=_EXACT)
    low = -parity_signs(all_masks & (2**half - 1), half).astype(real)
    high = parity_signs(all_masks >> half, n_qubits - half).astype(real)
    return lambda angles: jnp.matmul(high * angles, low.T, precision=_EXACT).reshape(-1)
