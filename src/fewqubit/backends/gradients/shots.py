"""A circuit read from shots as a JAX function: under ``jit`` and ``vmap``, with derivatives.

    Ê(key, a) = Σ_b n_b/shots · m_b,       n ~ Multinomial(shots, |⟨b|V(a)|0⟩|²)
    dÊ/da_r   = Σ_j c_j (Ê(key_rj+, a + s_j e_r) − Ê(key_rj−, a − s_j e_r))

V has an angle for each rotation (``occurrences``), and a(x, θ) is differentiated by JAX. The rule
holds for every gate that the compiler knows: 1 is the frequency of Pauli rotations, 1/2 and 1 are
those of controlled ones, 1/2 that of a controlled phase. Each term comes from shots of its own, so
a derivative of any order is what circuits on a device would give, and its mean over keys is the
derivative of the exact expectation. A loss that is not linear in Ê keeps the bias of its own curve,
as it does without derivatives.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Complex, Float, PRNGKeyArray
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.quantum_info import SparsePauliOp

from fewqubit.backends.gradients.occurrences import Angles, Occurrences, occurrences_of
from fewqubit.backends.gradients.parameter_shift import Shifts, shifts_of
from fewqubit.backends.pauli_groups import basis_change, grouped
from fewqubit.base.keys import stream
from fewqubit.base.products import einsum, matmul
from fewqubit.circuits.parameters import vector
from fewqubit.compiler.compiled import compile
from fewqubit.compiler.fuse.bits import parity_signs
from fewqubit.errors import SettingsError
from fewqubit.states.kernels import fidelity_cross, mirrored
from fewqubit.states.observables import probabilities
from fewqubit.states.shots import drawn_fractions, drawn_shares

# (key, angles [rotations]) -> the share of every outcome
Shares = Callable[[PRNGKeyArray, Float[Array, " rotations"]], Float[Array, " 2**n"]]
Readings = Callable[[PRNGKeyArray, Float[Array, " rotations"]], Float[Array, " operators"]]
# (key, angles of rows on either side) -> kernel entries
Entries = Callable[
    [PRNGKeyArray, Float[Array, "M rotations"], Float[Array, "N rotations"]], Float[Array, "M N"]
]


class FromShots(NamedTuple):
    """A circuit taken apart, and what shots tell of it; all functions of the rotations' angles.

    angles:    (x, θ) -> a [rotations]
    readings:  (key, a) -> estimates of the operators
    shares:    (key, a) -> shares of the outcomes 0…0 to 1…1
    kernel:    (key, a [M, rotations], a′ [N, rotations]) -> shares of 0…0 after U, then U†, [M, N];
               where both sides are equal, symmetric with unit diagonal
    shifted:   circuits of one derivative, beside the one without a shift
    """

    angles: Angles
    readings: Readings
    shares: Shares
    kernel: Entries
    shifted: int


def from_shots(
    circuit: QuantumCircuit,
    inputs: Sequence[Parameter],
    weights: Sequence[Parameter],
    operators: Sequence[SparsePauliOp],
    shots: int,
) -> FromShots:
    """What ``shots`` shots of each circuit tell of U(x, θ).

    Raises ``CircuitError`` as ``compile`` and ``check_operator`` do, ``SettingsError`` for shots
    below 1.
    """
    if shots < 1:
        raise SettingsError(f"shots: expected a whole number from 1, got {shots}")
    apart = occurrences_of(circuit, inputs, weights)
    shifts = shifts_of(apart.frequencies)
    plain = _states(apart, "")
    return FromShots(
        apart.angles,
        _readings(apart, shifts, operators, shots),
        _shares(plain, shifts, shots),
        _kernel(plain, shifts, shots),
        len(shifts.offsets) - 1,
    )


def sampled(
    circuit: QuantumCircuit,
    inputs: Sequence[Parameter],
    weights: Sequence[Parameter],
    operators: Sequence[SparsePauliOp],
    shots: int,
) -> Callable[[PRNGKeyArray, Array, Array], Float[Array, " operators"]]:
    """(key, x, θ) -> estimates of ⟨ψ(x, θ)|M_k|ψ(x, θ)⟩ from ``shots`` shots of each circuit.

    x: [len(inputs)], θ: [len(weights)], radians. One circuit for each group of Pauli strings that
    have the same letter on every qubit, or none; jit, vmap and grad (of any order) work, and are
    unbiased: derivatives come from shifted circuits with shots of their own. Rows that shall be
    independent need a key each. Raises as ``compile`` does, for an operator of another size, and
    for shots below 1.
    """
    made = from_shots(circuit, inputs, weights, operators, shots)
    return lambda key, x, theta: made.readings(key, made.angles(x, theta))


def _states(apart: Occurrences, basis: str) -> Callable[[Array], Complex[Array, " 2**n"]]:
    """Angles -> V(a)|0⟩, turned so that every letter of ``basis`` is read as Z."""
    circuit = apart.circuit.compose(basis_change(basis)) if basis else apart.circuit
    state = compile(circuit, vector(apart.circuit, "x"), ())
    return lambda angles: state(angles, jnp.zeros(0))


def _shares(states: Callable[[Array], Array], shifts: Shifts, shots: int) -> Shares:
    """The shares of all outcomes, with derivatives by shifts."""

    @jax.custom_jvp
    def shares(key: PRNGKeyArray, angles: Array) -> Array:
        return drawn_shares(key, probabilities(states(angles)), shots)

    @shares.defjvp
    def by_shifts(
        primals: tuple[PRNGKeyArray, Array], tangents: tuple[Array, Array]
    ) -> tuple[Array, Array]:
        (key, angles), (_, moved) = primals, tangents
        moves = shifts.offsets[1:]
        keys = jax.random.split(stream(key, "shifts"), len(moves))
        there = jax.vmap(shares)(keys, angles + moves)
        return shares(key, angles), matmul(moved, matmul(shifts.weights, there))

    return shares


def _readings(
    apart: Occurrences, shifts: Shifts, operators: Sequence[SparsePauliOp], shots: int
) -> Readings:
    """Σ over the groups of Pauli strings, each read from shots of its own."""
    n_qubits = apart.circuit.num_qubits
    groups, constants = grouped(operators, n_qubits)
    parts = [
        (
            group.basis,
            _shares(_states(apart, group.basis), shifts, shots),
            jnp.asarray(parity_signs(group.masks, n_qubits) @ group.coefficients, jnp.float32),
        )
        for group in groups
    ]

    def readings(key: PRNGKeyArray, angles: Array) -> Array:
        total = jnp.asarray(constants, jnp.float32)
        for basis, shares, signs in parts:
            total = total + matmul(shares(stream(key, basis), angles), signs)
        return total

    return readings


def _kernel(states: Callable[[Array], Array], shifts: Shifts, shots: int) -> Entries:
    """Fidelities from shots. A pair's circuit, U(a) then U†(a′), is never built.

    Its shifted circuits are those of one side: a state for each shift of each row, then one matrix
    product, gives the probabilities of all of them.
    """
    rows = jax.vmap(states)

    @jax.custom_jvp
    def entries(key: PRNGKeyArray, left: Array, right: Array) -> Array:
        return drawn_fractions(key, fidelity_cross(rows(left), rows(right)), shots)

    def slopes(key: PRNGKeyArray, left: Array, right: Array) -> Float[Array, "M rotations N"]:
        moves = shifts.offsets[1:]
        there = (left[:, None, :] + moves).reshape(-1, left.shape[-1])
        found = entries(key, there, right).reshape(len(left), len(moves), len(right))
        return einsum("rs,msn->mrn", shifts.weights, found)

    @entries.defjvp
    def by_shifts(
        primals: tuple[PRNGKeyArray, Array, Array], tangents: tuple[Array, Array, Array]
    ) -> tuple[Array, Array]:
        (key, left, right), (_, moved_left, moved_right) = primals, tangents
        of_left = slopes(stream(key, "left"), left, right)
        of_right = slopes(stream(key, "right"), right, left)
        moved = einsum("mrn,mr->mn", of_left, moved_left)
        moved = moved + einsum("nrm,nr->mn", of_right, moved_right)
        return entries(key, left, right), moved

    def kernel(key: PRNGKeyArray, left: Array, right: Array) -> Array:
        return mirrored(entries(key, left, right), left, right)

    return kernel
