"""Phase polynomials: φ(b) = -1/2 Σ_m a_m (-1)^parity(b & m) on all basis states b at once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import DTypeLike
from jaxtyping import Array, Float

from fewqubit.base.products import matmul
from fewqubit.compiler.emit.cis import cis
from fewqubit.compiler.emit.parts import Turns, fence
from fewqubit.compiler.emit.permute import Permutation, permute
from fewqubit.compiler.fuse.bits import parity_signs
from fewqubit.compiler.parse.angles import Columns, Values, apply_matrix
from fewqubit.compiler.parse.expressions import Affine

MAX_SIGNS = 2**20  # entries of a sign matrix kept as a constant of the program


class Polynomial(NamedTuple):
    """Terms in the order of their masks; ``before``: the permutation that the phases are
    applied ahead of, or None."""

    masks: tuple[int, ...]
    angles: tuple[Affine, ...]
    before: Permutation | None


class PhaseTable:
    """All phase polynomials of a circuit; equal ones, as in repeated layers, are computed once."""

    def __init__(self, columns: Columns, n_qubits: int, dtype: DTypeLike) -> None:
        self._columns, self._n_qubits, self._real = columns, n_qubits, jnp.finfo(dtype).dtype
        self._polynomials: dict[Polynomial, int] = {}

    def is_own(self, terms: Mapping[int, Affine]) -> bool:
        """Whether some term depends on x."""
        return any(self._columns.is_own(angle) for angle in terms.values())

    def add(self, terms: Mapping[int, Affine], before: Permutation | None = None) -> int:
        """The number under which the phases will be found."""
        masks = tuple(sorted(terms))
        key = Polynomial(masks, tuple(terms[mask] for mask in masks), before)
        return self._polynomials.setdefault(key, len(self._polynomials))

    def emit(self) -> Callable[[Values], list[Turns]]:
        """Values -> φ and exp(iφ), [2**n], of every polynomial."""
        alike: dict[tuple[Any, ...], list[Polynomial]] = {}
        for one in self._polynomials:
            own = any(self._columns.is_own(angle) for angle in one.angles)
            alike.setdefault((one,) if own else one[::2], []).append(one)
        order = {one: place for place, one in enumerate(chain(*alike.values()))}
        makers = [
            self._emit_own(*found) if key == tuple(found) else self._emit_shared(found)
            for key, found in alike.items()
        ]

        def turns(values: Values) -> list[Turns]:
            made = list(chain(*(make(values) for make in makers)))
            return [made[order[one]] for one in self._polynomials]

        return turns

    def _emit_own(self, one: Polynomial) -> Callable[[Values], list[Turns]]:
        """Terms of θ alone are summed apart from those of x: once for a batch of examples."""
        parts: dict[bool, dict[int, Affine]] = {}
        for mask, angle in zip(one.masks, one.angles, strict=True):
            parts.setdefault(self._columns.is_own(angle), {})[mask] = angle
        sums = [self._emit_sums(tuple(part), [part.values()]) for part in parts.values()]

        def make(values: Values) -> list[Turns]:
            phase = sum(total(values)[0] for total in sums)
            return [Turns(phase, cis(phase), own=True)]

        return make

    def _emit_shared(self, alike: Sequence[Polynomial]) -> Callable[[Values], list[Turns]]:
        """Polynomials of θ alone with the same masks are one product, shared by the batch."""
        sums = self._emit_sums(alike[0].masks, [one.angles for one in alike])
        before = alike[0].before

        def make(values: Values) -> list[Turns]:
            phases = sums(values)
            if before is not None:
                phases = permute(phases, before.inverse)
            turn = cis(phases)
            turn = jax.lax.complex(fence(turn.real), fence(turn.imag))
            return [Turns(*of, own=False) for of in zip(phases, turn, strict=True)]

        return make

    def _emit_sums(
        self, masks: Sequence[int], rows: Sequence[Iterable[Affine]]
    ) -> Callable[[Values], Float[Array, "rows 2**n"]]:
        """Values -> φ for each row of angles."""
        flat = [angle for row in rows for angle in row]
        angles = self._columns.matrix(flat, self._real, 0.5)
        phases = jax.vmap(emit_phases(masks, self._n_qubits, self._real))
        return lambda values: phases(apply_matrix(angles, values).reshape(len(rows), -1))


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
        return lambda angles: matmul(signs, angles)
    low = -parity_signs(all_masks & (2**half - 1), half).astype(real)
    high = parity_signs(all_masks >> half, n_qubits - half).astype(real)
    return lambda angles: matmul(high * angles, low.T).reshape(-1)
