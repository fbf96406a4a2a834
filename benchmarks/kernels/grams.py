"""What circuits show of rows, and the Gram matrices that shots of them give."""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector

from fewqubit.circuits import FEATURE_MAPS
from fewqubit.circuits.parameters import vector
from fewqubit.compiler import compile
from fewqubit.compiler.pieces import PIECE
from fewqubit.states.kernels import projected_cross, projected_features
from fewqubit.states.observables import probabilities
from fewqubit.states.shots import counted_fractions, counted_shares

Gram = Float[np.ndarray, "rows rows"]


class Seen(NamedTuple):
    """What circuits show of all rows.

    ones:   how probable k ones are after U(x_i), then U†(x_j)
    bloch:  Bloch vectors of every row
    """

    ones: Float[np.ndarray, "rows rows weights"]
    bloch: Float[np.ndarray, "rows qubits 3"]


def measured(n_qubits: int, x: Float[np.ndarray, "rows features"]) -> Seen:
    """By simulation of every pair's circuit, as many at once as fit the processor's cache."""
    (state, pair), at_once = circuits(n_qubits), min(max(1, PIECE >> n_qubits), 64)
    states = jax.lax.map(state, jnp.asarray(x), batch_size=at_once)
    left, right = np.nonzero(~np.eye(len(x), dtype=bool))  # both orders of every pair
    both = jnp.asarray(np.concatenate([x[left], x[right]], axis=1))
    found = np.asarray(jax.lax.map(pair, both, batch_size=at_once))
    ones = np.zeros((len(x), len(x), n_qubits + 1))
    ones[left, right] = found
    ones[np.arange(len(x)), np.arange(len(x)), 0] = 1
    return Seen(ones, np.asarray(projected_features(states)))


def circuits(n_qubits: int) -> tuple[Callable[[Array], Array], Callable[[Array], Array]]:
    """x -> |ψ(x)⟩, and (x, x′) -> the probabilities of k ones after U(x), then U†(x′)."""
    made = FEATURE_MAPS["reuploading"](n_qubits, 2, 1.0)
    x, theta = vector(made, "x"), vector(made, "θ")
    made = made.assign_parameters(dict.fromkeys(theta, 0.5))
    both = ParameterVector("z", 2 * n_qubits)
    there = made.assign_parameters(dict(zip(x, both[:n_qubits], strict=True)))
    back = made.assign_parameters(dict(zip(x, both[n_qubits:], strict=True))).inverse()
    whole: QuantumCircuit = there.compose(back)
    one, two = compile(made, x, ()), compile(whole, both, ())
    of_weight = np.eye(n_qubits + 1, dtype=np.float32)[np.bitwise_count(np.arange(2**n_qubits))]
    none = jnp.zeros(0)
    return lambda row: one(row, none), lambda row: probabilities(two(row, none)) @ of_weight


def fidelity(seen: Seen, shots: int, random: np.random.Generator) -> Gram:
    """The share of 0…0."""
    exact = seen.ones[..., 0]
    if not shots:
        return exact
    above = np.triu(counted_fractions(random, exact, shots), 1)
    return above + above.T + np.eye(len(exact))


def hamming(seen: Seen, weight: float, shots: int, random: np.random.Generator) -> Gram:
    """Mean of w^|b| over outcomes b of the circuits in both orders, ``shots`` each."""
    shares = seen.ones if not shots else counted_shares(random, seen.ones, shots)
    one_way = shares @ weight ** np.arange(shares.shape[-1])
    return (one_way + one_way.T) / 2


def projected(seen: Seen, gamma: float, shots: int, random: np.random.Generator) -> Gram:
    """Three circuits a row; the qubits of one circuit are drawn as if they were independent."""
    bloch = seen.bloch
    if shots:
        bloch = 2 * counted_fractions(random, (1 + bloch) / 2, shots) - 1
    return np.asarray(projected_cross(jnp.asarray(bloch), jnp.asarray(bloch), gamma))
