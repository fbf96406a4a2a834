"""The factors A and B of a low-rank change, made from numbers: free ones, shared ones, a circuit's.

``models.adapters`` changes the weight matrices of an encoder by them.
"""

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Literal, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from fewqubit.circuits.entries import entries_circuit, index_qubits
from fewqubit.compiler.compiled import CompiledCircuit, compile_circuit

Factors = Literal["lora", "shared", "circuit"]


class Factor(NamedTuple):
    """A matrix as a function of an array of numbers; it is 0 where they are.

    shape:   of the array
    init:    key -> numbers with which the entries of the matrix have variance 1/rows
    matrix:  numbers -> matrix
    """

    shape: tuple[int, ...]
    init: Callable[[PRNGKeyArray], Array]
    matrix: Callable[[Array], Float[Array, "rows columns"]]


def free(rows: int, columns: int) -> Factor:
    """A number for each entry."""

    def init(key: PRNGKeyArray) -> Float[Array, "rows columns"]:
        return jax.random.normal(key, (rows, columns)) / rows**0.5

    return Factor((rows, columns), init, lambda numbers: numbers)


def shared(rows: int, columns: int, size: int) -> Factor:
    """Entries in ``size`` groups of m or m + 1; each entry is its group's number / √m.

    The map from numbers to entries keeps lengths (Uni-LoRA: Li et al. 2025, arXiv 2506.00799). The
    groups are drawn once, and part of the architecture.
    """
    entries = rows * columns
    groups = np.random.default_rng(entries).permutation(np.arange(entries) % size)
    gains = np.float32(np.bincount(groups, minlength=size) ** -0.5)

    def init(key: PRNGKeyArray) -> Float[Array, " size"]:
        return jax.random.normal(key, (size,)) / (rows**0.5 * gains)

    def matrix(numbers: Float[Array, " size"]) -> Float[Array, "rows columns"]:
        return (gains * numbers)[groups].reshape(rows, columns)

    return Factor((size,), init, matrix)


def from_circuit(rows: int, columns: int, layers: int, entanglers: bool, gain: float) -> Factor:
    """gain · 2^q ⟨Z ⊗ |e⟩⟨e|⟩ for each entry e, of a state on q qubits and one of the sign above.

    q is the least with 2^q ≥ rows · columns. One circuit, measured in the computational basis,
    gives all entries: the outcome's highest bit is a sign, the others say which entry it counts
    for. With all angles 0 the state is uniform, and every entry 0. In a random real state an entry
    has variance near ``gain``².
    """
    circuit = _compiled(rows * columns, layers, entanglers)
    half = 2 ** (circuit.n_qubits - 1)

    def init(key: PRNGKeyArray) -> Float[Array, " size"]:
        return jax.random.uniform(key, (circuit.n_weights,), minval=-math.pi, maxval=math.pi)

    def matrix(numbers: Float[Array, " size"]) -> Float[Array, "rows columns"]:
        state = circuit.state(jnp.zeros(0), numbers)
        up, down = (jnp.abs(state) ** 2).reshape(2, half)[:, : rows * columns]
        return gain * half * (up - down).reshape(rows, columns)

    return Factor((circuit.n_weights,), init, matrix)


def circuit_size(entries: int, layers: int) -> int:
    """The number of weights of the circuit that ``entries`` are read from."""
    return layers * (index_qubits(entries) + 1)


@lru_cache(maxsize=64)
def _compiled(entries: int, layers: int, entanglers: bool) -> CompiledCircuit:
    return compile_circuit(entries_circuit(entries, layers, entanglers))
