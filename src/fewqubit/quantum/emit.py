"""Program -> JAX function, one array operation per step."""

from collections.abc import Callable

import jax.numpy as jnp
import numpy as np
from jax.typing import DTypeLike
from jaxtyping import Array

from fewqubit.quantum.angles import emit_angles
from fewqubit.quantum.program import Control, Program, Rotation, Unitary

Step = Callable[[Array, Array], Array]  # (state [2]*n, angles) -> state


def emit(program: Program, dtype: DTypeLike) -> Callable[[Array, Array], Array]:
    """The state of ``program`` as a pure function of (x, θ)."""
    n, real = program.n_qubits, jnp.finfo(dtype).dtype
    rotations = [op for op in program.operations if isinstance(op, Rotation)]
    angles = emit_angles([r.angle for r in rotations], program.n_inputs + program.n_weights, real)
    numbers = iter(range(len(rotations)))
    steps = [
        _rotation(op, next(numbers), n, dtype)
        if isinstance(op, Rotation)
        else _unitary(op, n, dtype)
        for op in program.operations
    ]
    zero = np.zeros((2,) * n, dtype)
    zero[(0,) * n] = 1

    def state(x: Array, theta: Array) -> Array:
        values = jnp.concatenate([jnp.asarray(x, real), jnp.asarray(theta, real)])
        turned, psi = angles(values), jnp.asarray(zero)
        for step in steps:
            psi = step(psi, turned)
        return psi.reshape(2**n)

    return state


def _axis(qubit: int, n: int) -> int:
    """The axis of a qubit in a state of shape [2]*n: qubit 0 is the last."""
    return n - 1 - qubit


def _within(controls: tuple[Control, ...], n: int, step: Step) -> Step:
    """``step`` on the slice of the state where every control has its bit."""
    if not controls:
        return step
    where = tuple(
        {_axis(q, n): slice(bit, bit + 1) for q, bit in controls}.get(axis, slice(None))
        for axis in range(n)
    )
    return lambda psi, angles: psi.at[where].set(step(psi[where], angles))


def _rotation(rotation: Rotation, number: int, n: int, dtype: DTypeLike) -> Step:
    """cos(a/2) ψ - i sin(a/2) P ψ."""
    flips = [_axis(q, n) for p, q in zip(rotation.pauli, rotation.qubits, strict=True) if p in "XY"]
    phase = np.ones((1,) * n, complex)
    for letter, qubit in zip(rotation.pauli, rotation.qubits, strict=True):
        diagonal = np.array({"X": [1, 1], "Y": [-1j, 1j], "Z": [1, -1], "I": [1, 1]}[letter])
        phase = phase * diagonal.reshape([2 if a == _axis(qubit, n) else 1 for a in range(n)])
    phase = (-1j * phase).astype(dtype)

    def step(psi: Array, angles: Array) -> Array:
        half = angles[number] / 2
        return jnp.cos(half) * psi + jnp.sin(half) * (phase * jnp.flip(psi, flips))

    return _within(rotation.controls, n, step)


def _unitary(unitary: Unitary, n: int, dtype: DTypeLike) -> Step:
    """A constant matrix on some axes of the state."""
    k = len(unitary.qubits)
    tensor = unitary.matrix.reshape((2,) * (2 * k)).astype(dtype)
    axes = [_axis(q, n) for q in reversed(unitary.qubits)]

    def step(psi: Array, angles: Array) -> Array:
        del angles
        moved = jnp.tensordot(tensor, psi, (list(range(k, 2 * k)), axes))
        return jnp.moveaxis(moved, list(range(k)), axes)

    return _within(unitary.controls, n, step)
