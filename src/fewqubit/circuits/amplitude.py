"""The feature map ``amplitude``, and the angles with which it prepares a vector."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.circuit.library import RYGate

from fewqubit.circuits.bounds import checked


def amplitude(n_qubits: int, repetitions: int, bandwidth: float) -> QuantumCircuit:
    """Σ_b a_b |b⟩ for any real amplitudes, by a tree of controlled RY; x: [2**n_qubits - 1].

    The inputs are the angles of the tree from its root, qubit n-1, to its leaves, qubit 0:
    ``amplitude_angles`` of the vector a. Möttönen et al., quant-ph/0407010. Raises SettingsError
    for more than one repetition and for another bandwidth than 1: both prepare other states.
    """
    checked("amplitude", repetitions, bandwidth)
    x = ParameterVector("x", 2**n_qubits - 1)
    circuit, angles = QuantumCircuit(n_qubits, name="amplitude"), iter(x)
    for qubit in reversed(range(n_qubits)):
        above = range(qubit + 1, n_qubits)
        for pattern in range(2 ** len(above)):
            gate = RYGate(next(angles))
            if above:
                gate = gate.control(len(above), ctrl_state=pattern, annotated=False)
            circuit.append(gate, [*above, qubit])
    return circuit


@jax.custom_jvp
def amplitude_angles(amplitudes: Float[Array, " 2**n"]) -> Float[Array, " 2**n-1"]:
    """2 atan2(‖right‖, ‖left‖) at every fork of the tree, signed at its leaves; of any norm.

    The state is differentiable in every amplitude; the angle at a fork without amplitudes is not.
    Derivatives are therefore taken at a vector in which every empty pair has an amplitude of
    √(machine epsilon)/6 of the norm. Derivatives of states are then right to a few 1e-4 in single
    and 1e-8 in double precision.
    """
    return tree_angles(amplitudes)


@amplitude_angles.defjvp
def _amplitude_angles_jvp(primals: tuple[Array], tangents: tuple[Array]) -> tuple[Array, Array]:
    (amplitudes,), (change,) = primals, tangents
    if amplitudes.shape[0] > 1:
        pairs = amplitudes.reshape(-1, 2)
        little = jnp.sqrt(jnp.finfo(pairs.dtype).eps) / 6 * jnp.linalg.norm(amplitudes)
        empty = (pairs == 0).all(axis=1)
        left = pairs[:, 0] + jnp.where(empty, jax.lax.stop_gradient(little), 0)
        amplitudes = jnp.stack([left, pairs[:, 1]], axis=1).reshape(-1)
    return jax.jvp(tree_angles, (amplitudes,), (change,))


def tree_angles(amplitudes: Float[Array, " 2**n"]) -> Float[Array, " 2**n-1"]:
    """``amplitude_angles`` with the derivative 0 at a fork without amplitudes: for padding."""
    levels, norms = [], amplitudes
    while norms.shape[0] > 1:
        left, right = norms.reshape(-1, 2).T
        squares = left**2 + right**2
        empty = squares == 0
        levels.append(2 * jnp.arctan2(right, jnp.where(empty, 1.0, left)))
        norms = jnp.where(empty, 0.0, jnp.sqrt(jnp.where(empty, 1.0, squares)))
    return jnp.concatenate([jnp.zeros(0, norms.dtype), *reversed(levels)])
