"""Gradients of expectations from shifted circuits: exact up to shots, on every backend.

    dE/da = Σ_j c_j (E(a + s_j) - E(a - s_j)),      dE/dθ_k = Σ_r dE/da_r da_r/dθ_k

An expectation is a trigonometric polynomial in the angle a_r of a single rotation. Its frequencies
Ω are the differences of the generator's eigenvalues: 1 for a Pauli rotation, 1/2 and 1 for a
controlled one. Wierichs et al., 2107.12390.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray
from qiskit import QuantumCircuit
from qiskit.quantum_info import SparsePauliOp

from fewqubit.backends.contract import Backend, Bill, Rows, Weights
from fewqubit.backends.gradients.occurrences import Slopes, occurrences
from fewqubit.base.products import einsum


class ShiftGradient(NamedTuple):
    """Expectations of N rows, their derivatives, and what they cost; NaN by what was not asked."""

    values: Float[Array, "N operators"]
    by_inputs: Float[Array, "N operators inputs"]
    by_weights: Float[Array, "N operators weights"]
    bill: Bill


Gradient = Callable[[Rows, Weights, Sequence[SparsePauliOp], PRNGKeyArray], ShiftGradient]


class Shifts(NamedTuple):
    """Shifts of the angles, [shifts, rotations], and how results combine, [rotations, shifts]."""

    offsets: np.ndarray
    weights: np.ndarray


def parameter_shift(circuit: QuantumCircuit, backend: Backend, wanted: Slopes = "both") -> Gradient:
    """(x, θ, operators, key) -> values and derivatives of ``circuit`` on ``backend``.

    Unbiased where the backend's expectations are. Every row costs one circuit, and two for each
    frequency of each rotation that has a parameter ``wanted``.
    """
    apart = occurrences(circuit)
    pairs = zip(apart.frequencies, apart.moved_by(wanted), strict=True)
    evaluator = backend(apart.circuit)
    shifts = shifts_of([frequencies if moves else () for frequencies, moves in pairs])
    asked = [1.0 if wanted in ("both", name) else jnp.nan for name in ("inputs", "weights")]
    angles = jax.jit(jax.vmap(apart.angles, (0, None)))
    slopes = jax.jit(jax.vmap(jax.jacfwd(apart.angles, (0, 1)), (0, None)))

    def gradient(
        x: Rows, theta: Weights, operators: Sequence[SparsePauliOp], key: PRNGKeyArray
    ) -> ShiftGradient:
        x, theta = jnp.asarray(x, jnp.float32), jnp.asarray(theta, jnp.float32)
        rows = angles(x, theta)[:, None, :] + shifts.offsets
        flat = rows.reshape(-1, rows.shape[-1])
        found, bill = evaluator.expectations(flat, jnp.zeros(0), operators, key)
        expectations = jnp.reshape(found, (*rows.shape[:2], len(operators)))
        by_angle = einsum("rs,nsk->nkr", shifts.weights, expectations[:, 1:])
        by_inputs, by_weights = (
            known * einsum("nkr,nrp->nkp", by_angle, slope)
            for known, slope in zip(asked, slopes(x, theta), strict=True)
        )
        return ShiftGradient(expectations[:, 0], by_inputs, by_weights, bill)

    return gradient


def shift_rule(frequencies: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
    """Shifts s [R] and coefficients c [R] with Σ_j 2 c_j sin(Ω_l s_j) = Ω_l for R frequencies.

    s_j = (2j - 1)π/(2RΩ_1): for equidistant frequencies the shifts of least variance.
    """
    gaps = np.asarray(frequencies)
    count = len(gaps)
    shifts = (2 * np.arange(1, count + 1) - 1) * np.pi / (2 * count * gaps.min())
    return shifts, np.linalg.solve(2 * np.sin(np.outer(gaps, shifts)), gaps)


def shifts_of(frequencies: Sequence[Sequence[float]]) -> Shifts:
    """No shift first, then a pair for each shift of each rotation."""
    offsets, weights = [np.zeros(len(frequencies))], []
    for turn, gaps in enumerate(frequencies):
        for shift, coefficient in zip(*shift_rule(gaps), strict=True) if gaps else ():
            for sign in (1, -1):
                offsets.append(sign * shift * np.eye(len(frequencies))[turn])
                weights.append(sign * coefficient * np.eye(len(frequencies))[turn])
    stacked = np.array(weights).reshape(-1, len(frequencies)).T
    return Shifts(np.array(offsets, np.float32), stacked.astype(np.float32))
