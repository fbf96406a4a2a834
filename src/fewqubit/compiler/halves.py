"""A circuit cut in two at its first weight.

An adaptation that changes only θ computes the state before the cut once for all steps.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import jax.numpy as jnp
from jax.typing import DTypeLike
from jaxtyping import Array, Complex, Float
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter

from fewqubit.compiler.emit.function import emit, emit_onto
from fewqubit.compiler.fuse.slide import fuse
from fewqubit.compiler.parse.angles import Columns
from fewqubit.compiler.parse.instructions import parse
from fewqubit.compiler.parse.program import Operation, Rotation


class Prefix(NamedTuple):
    """The inputs, and the state before the first weight: its real and imaginary parts."""

    x: Float[Array, " inputs"]
    parts: Float[Array, "2 2**n"]


class Halves(NamedTuple):
    """``finish(begin(x), θ)`` is the circuit's state."""

    begin: Callable[[Float[Array, " inputs"]], Prefix]
    finish: Callable[[Prefix, Float[Array, " weights"]], Complex[Array, " 2**n"]]


def compile_halves(
    circuit: QuantumCircuit,
    inputs: Sequence[Parameter],
    weights: Sequence[Parameter],
    dtype: DTypeLike = jnp.complex64,
) -> Halves:
    """|ψ(x, θ)⟩ = B(x, θ) A(x)|0…0⟩, where B begins with the first gate that takes a weight.

    A circuit without weights is all A. Raises ``CircuitError`` for what is not a unitary circuit of
    these parameters.
    """
    program = parse(circuit, inputs, weights)
    n_qubits, sizes = program.n_qubits, (program.n_inputs, program.n_weights)
    operations, columns = program.operations, Columns(*sizes)
    cut = next(
        (k for k, one in enumerate(operations) if _takes_weights(one, columns)), len(operations)
    )
    before, after = (
        fuse(program._replace(operations=part)) for part in (operations[:cut], operations[cut:])
    )
    start = emit(before, n_qubits, Columns(*sizes), dtype)
    onto = emit_onto(after, n_qubits, Columns(*sizes), dtype)

    def begin(x: Float[Array, " inputs"]) -> Prefix:
        state = start(x, jnp.zeros(len(weights)))
        return Prefix(x, jnp.stack([state.real, state.imag]))

    def finish(prefix: Prefix, theta: Float[Array, " weights"]) -> Complex[Array, " 2**n"]:
        return onto(prefix.parts, prefix.x, theta)

    return Halves(begin, finish)


def compile_onto(
    circuit: QuantumCircuit,
    inputs: Sequence[Parameter],
    weights: Sequence[Parameter],
    dtype: DTypeLike = jnp.complex64,
) -> Callable[[Float[Array, "2 2**n"], Array, Array], Complex[Array, " 2**n"]]:
    """(real and imaginary parts of a state, x, θ) -> the state after ``circuit``.

    Raises ``CircuitError`` for what is not a unitary circuit of these parameters.
    """
    program = parse(circuit, inputs, weights)
    columns = Columns(program.n_inputs, program.n_weights)
    return emit_onto(fuse(program), program.n_qubits, columns, dtype)


def _takes_weights(operation: Operation, columns: Columns) -> bool:
    return isinstance(operation, Rotation) and columns.takes_weights(operation.angle)
