"""Problems of one size as arrays, and the energy of a state as a pure function.

    E = Σ_b H_bb |ψ_b|² + Σ_x Σ_b Re(ψ*_b d^x_b ψ_{b ⊕ x})

A Pauli string maps |b⟩ to |b ⊕ x⟩ with a phase. All strings with the same x add up to one diagonal,
so a diagonal Hamiltonian is one vector, independent of its number of terms.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Complex, Float

from fewqubit.errors import DataError
from fewqubit.starts.problem import Problem
from fewqubit.starts.spectrum import extremes
from fewqubit.states.observables import pauli_diagonals, probabilities


@partial(
    jax.tree_util.register_dataclass,
    data_fields=["diagonal", "moved", "descriptors", "stretch", "unit", "ground", "scale"],
    meta_fields=["flips"],
)
@dataclass(frozen=True)
class Landscape:
    """One problem, or several of one size with a leading axis.

    diagonal:     [2**n], the sum of the strings of I and Z
    moved:        [flips, 2**n], one diagonal for each flip x
    descriptors:  [d]
    stretch:      the angles of e^{−iγH} are divided by it
    unit:         Σ|c_t| over all strings except I…I; descents minimise the energy in this unit,
                  which is known without solving the problem
    ground, scale: E_0, and the scale of errors; for evaluation only
    flips:        the bits that each row of ``moved`` flips; the same for all problems
    """

    diagonal: Float[Array, "*problems 2**n"]
    moved: Complex[Array, "*problems flips 2**n"]
    descriptors: Float[Array, "*problems d"]
    stretch: Float[Array, "*problems"]
    unit: Float[Array, "*problems"]
    ground: Float[Array, "*problems"]
    scale: Float[Array, "*problems"]
    flips: tuple[int, ...]

    @property
    def n_qubits(self) -> int:
        return int(self.diagonal.shape[-1]).bit_length() - 1

    def error(self, energy: Float[Array, "*problems"]) -> Float[Array, "*problems"]:
        """(E − E_0)/scale; 1 − error is the approximation ratio where the scale is |E_0|."""
        return (energy - self.ground) / self.scale


def landscape(problems: Sequence[Problem], solved: bool = True) -> Landscape:
    """Stack ``problems`` of one size; with ``solved`` false, the ground energy is NaN.

    Raises DataError: sizes differ.
    """
    sizes = sorted({problem.n_qubits for problem in problems})
    if len(sizes) != 1:
        raise DataError(f"expected problems of one size, got {sizes or 'none'}")
    basis = np.arange(2 ** sizes[0])
    parts = [pauli_diagonals(problem.operator, basis) for problem in problems]
    flips = tuple(sorted({flip for part in parts for flip in part} - {0}))
    none = np.zeros(len(basis))
    ends = [
        extremes(problem.operator, part) if solved else (np.nan, np.nan)
        for problem, part in zip(problems, parts, strict=True)
    ]
    grounds = [low for low, _ in ends]
    return Landscape(
        diagonal=_stack([np.real(part.get(0, none)) for part in parts]),
        moved=jnp.asarray(
            np.array([[part.get(flip, none) for flip in flips] for part in parts]).reshape(
                len(parts), len(flips), len(basis)
            ),
            jnp.complex64,
        ),
        descriptors=_stack([problem.descriptors for problem in problems]),
        stretch=_stack([problem.stretch for problem in problems]),
        unit=_stack([_unit(problem) for problem in problems]),
        ground=_stack(grounds),
        scale=_stack([_scale(problem, *end) for problem, end in zip(problems, ends, strict=True)]),
        flips=flips,
    )


def energy_of(state: Complex[Array, " 2**n"], problem: Landscape) -> Float[Array, ""]:
    """⟨ψ|H|ψ⟩ of one problem."""
    total = problem.diagonal @ probabilities(state)
    if not problem.flips:
        return total
    moved = jnp.stack([flipped(state, flip) for flip in problem.flips])
    return total + jnp.vdot(state, (problem.moved * moved).sum(0)).real


def flipped(state: Complex[Array, " 2**n"], flip: int) -> Complex[Array, " 2**n"]:
    """ψ_{b ⊕ flip}, by reversing the axes of the flipped bits.

    The derivative of a reversal is a reversal; that of a gather would be a slow scatter.
    """
    n_qubits = state.shape[-1].bit_length() - 1
    runs = [(bit, len([*same])) for bit, same in groupby(f"{flip:0{n_qubits}b}")]
    shape: list[int] = []
    turned: list[int] = []
    for bit, length in runs:
        turned += [len(shape)] if bit == "1" else []
        shape.append(2**length)
    return jax.lax.rev(state.reshape(shape), turned).reshape(state.shape)


def _stack(values: Sequence[object]) -> Array:
    return jnp.asarray(np.array(values, np.float64), jnp.float32)


def _unit(problem: Problem) -> float:
    return sum(abs(c) for label, c in problem.terms if set(label) != {"I"}) or 1.0


def _scale(problem: Problem, low: float, high: float) -> float:
    return {"ground": abs(low), "range": high - low, "one": 1.0}[problem.scale]
