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
from fewqubit.states.readouts import Drawn

Factors = Literal["lora", "shared", "circuit"]


Read = Callable[[Float[Array, " weights"]], Float[Array, " 2^q"]]
ReadsEntries = Callable[[Drawn], Read]  # an entries circuit -> ⟨Z ⊗ |e⟩⟨e|⟩ of its weights


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


def from_circuit(
    rows: int,
    columns: int,
    layers: int,
    entanglers: bool,
    gain: float,
    reads: ReadsEntries | None = None,
) -> Factor:
    """gain · 2^q ⟨Z ⊗ |e⟩⟨e|⟩ for each entry e, of a state on q qubits and one of the sign above.

    q is the least with 2^q ≥ rows · columns. One circuit, measured in the computational basis,
    gives all entries: the outcome's highest bit is a sign, the others say which entry it counts
    for. With all angles 0 the state is uniform, and every entry 0. In a random real state an entry
    has variance near ``gain``². ``reads`` estimates the entries where they are measured; else they
    are exact.
    """
    entries = rows * columns
    size, half = circuit_size(entries, layers), 2 ** index_qubits(entries)
    read = exactly(entries, layers, entanglers)
    if reads is not None:
        read = reads(entries_circuit(entries, layers, entanglers))

    def init(key: PRNGKeyArray) -> Float[Array, " size"]:
        return jax.random.uniform(key, (size,), minval=-math.pi, maxval=math.pi)

    def matrix(numbers: Float[Array, " size"]) -> Float[Array, "rows columns"]:
        return gain * half * read(numbers)[:entries].reshape(rows, columns)

    return Factor((size,), init, matrix)


def exactly(entries: int, layers: int, entanglers: bool) -> Read:
    """⟨Z ⊗ |e⟩⟨e|⟩ of the simulated state, for every e."""
    circuit = _compiled(entries, layers, entanglers)

    def read(numbers: Float[Array, " weights"]) -> Float[Array, " 2^q"]:
        up, down = (jnp.abs(circuit.state(jnp.zeros(0), numbers)) ** 2).reshape(2, -1)
        return up - down

    return read


def circuit_size(entries: int, layers: int) -> int:
    """The number of weights of the circuit that ``entries`` are read from."""
    return layers * (index_qubits(entries) + 1)


@lru_cache(maxsize=64)
def _compiled(entries: int, layers: int, entanglers: bool) -> CompiledCircuit:
    return compile_circuit(entries_circuit(entries, layers, entanglers))
