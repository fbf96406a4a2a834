"""Noise for circuits too large for a density matrix: state vectors with random Pauli errors.

    ρ = E_s |ψ_s⟩⟨ψ_s|,     ψ_s: the circuit with a Pauli string s_g behind every noisy gate g

Exact, in expectation, for Pauli channels; other channels are twirled first. Errors are inputs of
one circuit: RX(π) and RZ(π) behind each gate where its string says so, angle 0 elsewhere. It is
compiled once, as any other, and its derivatives are those of the mean.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Complex, Float, PRNGKeyArray
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector

from fewqubit.base.keys import stream
from fewqubit.base.products import tensordot
from fewqubit.circuits.from_zero import without_resets
from fewqubit.compiler.compiled import compile
from fewqubit.compiler.density.channels import Channel, Noise, kron

# (key, x, θ) -> the state of one run
Trajectory = Callable[[PRNGKeyArray, Array, Array], Complex[Array, " 2**n"]]

_HAS_X, _HAS_Z = np.array([0, 1, 1, 0]), np.array([0, 0, 1, 1])  # of I X Y Z


class _Errors(NamedTuple):
    """Of gates on so many qubits: where their parameters stand, and how likely each string is."""

    places: np.ndarray  # [gates, qubits], of the pairs (RX, RZ)
    probabilities: Float[np.ndarray, "gates 4**k"]


def compile_trajectory(
    circuit: QuantumCircuit,
    inputs: Sequence[Parameter],
    weights: Sequence[Parameter],
    noise: Noise,
) -> Trajectory:
    """(key, x, θ) -> the state of one run under the Pauli errors of ``noise``, twirled.

    The mean over keys of |ψ⟩⟨ψ| is the density matrix; jit, vmap (of keys too) and grad work.
    Readout errors are the reader's: ``misread``. Raises ``CircuitError`` as ``compile`` does.
    """
    noisy, angles, errors = _with_errors(without_resets(circuit), noise)
    state = compile(noisy, [*inputs, *angles], weights)

    def trajectory(key: PRNGKeyArray, x: Array, theta: Array) -> Complex[Array, " 2**n"]:
        turns = jnp.zeros((len(angles) // 2, 2))
        for size, of_size in errors.items():
            logits = jnp.log(jnp.asarray(of_size.probabilities, jnp.float32))
            strings = jax.random.categorical(stream(key, size), logits)
            letters = strings[:, None] >> 2 * np.arange(size) & 3
            bits = jnp.stack([jnp.asarray(_HAS_X)[letters], jnp.asarray(_HAS_Z)[letters]], axis=-1)
            turns = turns.at[of_size.places].set(jnp.pi * bits)
        return state(jnp.concatenate([x, turns.reshape(-1)]), theta)

    return trajectory


def pauli_probabilities(channel: Channel) -> Float[np.ndarray, " 4**k"]:
    """p_s of every Pauli string of the twirled channel: R_PP = Σ_s ±p_s, − where P, s anticommute.

    A channel's own rounding may make one of them a little negative; it counts as 0.
    """
    one = np.array([[1, 1, 1, 1], [1, 1, -1, -1], [1, -1, 1, -1], [1, -1, -1, 1]])
    count = (len(channel).bit_length() - 1) // 2
    found = kron([one] * count) @ np.diag(channel) / len(channel)
    return np.maximum(found, 0.0) / np.maximum(found, 0.0).sum()


def misread(
    probabilities: Float[Array, " 2**n"], readout: Mapping[int, Channel]
) -> Float[Array, " 2**n"]:
    """Outcome probabilities after the readout errors of ``Noise.readout``."""
    n_qubits = int(probabilities.shape[-1]).bit_length() - 1
    shaped = probabilities.reshape((2,) * n_qubits)
    for qubit, channel in readout.items():
        kept, shift = channel[3, 3], channel[3, 0]  # of ⟨Z⟩
        right, wrong = (1 + shift + kept) / 2, (1 + shift - kept) / 2  # P(0|0), P(0|1)
        confusion = np.array([[right, wrong], [1 - right, 1 - wrong]])
        axis = n_qubits - 1 - qubit
        shaped = jnp.moveaxis(tensordot(confusion, shaped, ((1,), (axis,))), 0, axis)
    return shaped.reshape(-1)


def _with_errors(
    circuit: QuantumCircuit, noise: Noise
) -> tuple[QuantumCircuit, list[Parameter], dict[int, _Errors]]:
    """``circuit`` with turns for errors, their parameters, and when they happen."""
    found: list[tuple[int, tuple[int, ...], np.ndarray]] = []
    for number, instruction in enumerate(circuit.data):
        qubits = tuple(circuit.find_bit(qubit).index for qubit in instruction.qubits)
        channel = noise.after(instruction.operation.name, qubits)
        if channel is not None:
            found.append((number, qubits, pauli_probabilities(channel)))
    count = sum(len(qubits) for _, qubits, _ in found)
    vector = list(ParameterVector("error", 2 * count))
    noisy, behind, place = circuit.copy_empty_like(), {n: q for n, q, _ in found}, 0
    for number, instruction in enumerate(circuit.data):
        noisy.append(instruction)
        for qubit in behind.get(number, ()):
            noisy.rx(vector[2 * place], qubit)
            noisy.rz(vector[2 * place + 1], qubit)
            place += 1
    return noisy, vector, _by_size(found)


def _by_size(found: Sequence[tuple[int, tuple[int, ...], np.ndarray]]) -> dict[int, _Errors]:
    sizes: dict[int, tuple[list[list[int]], list[np.ndarray]]] = {}
    place = 0
    for _, qubits, probabilities in found:
        places, rows = sizes.setdefault(len(qubits), ([], []))
        places.append([*range(place, place + len(qubits))])
        rows.append(probabilities)
        place += len(qubits)
    return {size: _Errors(np.array(p), np.stack(rows)) for size, (p, rows) in sizes.items()}
