"""QuantumCircuit -> pure JAX function (x, θ) -> state, once, at build time."""

import math
from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.dtypes import canonicalize_dtype
from jax.typing import DTypeLike
from jaxtyping import Array, Complex, Float, PRNGKeyArray
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter

from fewqubit.base.io.numbers import check_results, real_numbers
from fewqubit.circuits.parameters import vector
from fewqubit.compiler.emit.function import emit
from fewqubit.compiler.fuse.slide import fuse
from fewqubit.compiler.halves import Halves, compile_halves
from fewqubit.compiler.parse.angles import Columns
from fewqubit.compiler.parse.instructions import parse
from fewqubit.compiler.pieces import StateFunction, in_pieces
from fewqubit.errors import CircuitError


class CompiledCircuit(NamedTuple):
    """``state(x, theta) -> complex[2**n_qubits]``, its sizes, and its two ``halves()``."""

    state: StateFunction
    n_qubits: int
    n_inputs: int
    n_weights: int
    halves: Callable[[], Halves]

    def states(
        self, x: Float[Array, "N inputs"], theta: Float[Array, " weights"]
    ) -> Complex[Array, "N 2**n"]:
        """The states of all rows of ``x``; many large ones in pieces that fit the cache."""
        return in_pieces(self.state, self.n_qubits, x, theta)


def compile(
    circuit: QuantumCircuit,
    inputs: Sequence[Parameter],
    weights: Sequence[Parameter],
    dtype: DTypeLike = jnp.complex64,
) -> StateFunction:
    """|ψ(x, θ)⟩ = U(x, θ)|0…0⟩ as a pure function; jit, vmap and grad (twice) work.

    x: [len(inputs)], θ: [len(weights)], radians; state: ``dtype`` [2**n], qubit 0 is the least
    significant bit of the index. The function is compiled at its first call, whether that comes
    from ``jax.jit`` or not. Raises ``CircuitError`` for what is not a unitary circuit of these
    parameters; outside of JAX's transformations the function raises ``DataError`` for an x or θ
    that is not finite, and ``CircuitError`` for a state that is not.
    """
    if not jnp.issubdtype(dtype, jnp.complexfloating) or canonicalize_dtype(dtype) != dtype:
        raise CircuitError(
            f"a state is complex64, or complex128 under jax.enable_x64; got {jnp.dtype(dtype)}"
        )
    program = parse(circuit, inputs, weights)
    columns = Columns(program.n_inputs, program.n_weights)
    state = jax.jit(emit(fuse(program), program.n_qubits, columns, dtype))
    expected = ((len(inputs),), (len(weights),))

    def checked(x: Array, theta: Array) -> Array:
        traced = isinstance(x, jax.core.Tracer) or isinstance(theta, jax.core.Tracer)
        if not traced:
            x, theta = real_numbers(x, "x"), real_numbers(theta, "θ")
        if (came := (np.shape(x), np.shape(theta))) != expected:
            raise CircuitError(
                f"expected x and θ of one example, of shapes {expected[0]} and {expected[1]}, "
                f"got {came[0]} and {came[1]}; batch with jax.vmap"
            )
        psi = state(x, theta)
        if not isinstance(psi, jax.core.Tracer):
            check_results(np.asarray(psi)[None], "the state")
        return psi

    return checked


def compile_circuit(circuit: QuantumCircuit, dtype: DTypeLike = jnp.complex64) -> CompiledCircuit:
    """Compile by name: the ParameterVector "x" holds the inputs, "θ" the weights.

    Raises ``CircuitError`` for a parameter of another name.
    """
    return compile_vectors(circuit, vector(circuit, "x"), vector(circuit, "θ"), dtype)


def compile_vectors(
    circuit: QuantumCircuit,
    inputs: Sequence[Parameter],
    weights: Sequence[Parameter],
    dtype: DTypeLike = jnp.complex64,
) -> CompiledCircuit:
    """``compile``, with the sizes, and with the halves for callers that need them."""
    state = compile(circuit, inputs, weights, dtype)
    halves = cache(partial(compile_halves, circuit, inputs, weights, dtype))
    return CompiledCircuit(state, circuit.num_qubits, len(inputs), len(weights), halves)


def random_weights(
    circuit: CompiledCircuit, key: PRNGKeyArray, spread: float = math.pi
) -> Float[Array, " weights"]:
    """θ ~ U(−spread, spread): where training starts; π is what diagnostics call untrained."""
    return jax.random.uniform(key, (circuit.n_weights,), minval=-spread, maxval=spread)
