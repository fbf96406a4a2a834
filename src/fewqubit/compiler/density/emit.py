"""A circuit with noise -> (x, θ) -> Pauli expectations of its density matrix.

Constant gates and the channels behind them are multiplied while compiling; what acts on one qubit
between two gates on more is one 4 × 4 matrix when it runs.
"""

from collections.abc import Callable, Sequence
from functools import reduce
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import DTypeLike
from jaxtyping import Array, Float
from qiskit import QuantumCircuit
from qiskit.circuit import Barrier, Delay, Parameter

from fewqubit.base.products import matmul, tensordot
from fewqubit.circuits.from_zero import without_resets
from fewqubit.compiler.density.channels import Noise, kron
from fewqubit.compiler.density.transfer import constant_rotation, rotations, transfer
from fewqubit.compiler.parse.angles import Columns, Values, apply_matrix, emit_values
from fewqubit.compiler.parse.instructions import lower
from fewqubit.compiler.parse.program import Operation, Rotation, Unitary
from fewqubit.errors import CircuitError

MAX_DENSITY_QUBITS = 8  # 65 536 expectations of one example
_GATE_QUBITS = 3  # 4096 numbers of a gate's matrix

DensityFunction = Callable[
    [Float[Array, " inputs"], Float[Array, " weights"]], Float[Array, " 4**n"]
]


class _Turn(NamedTuple):
    """A rotation: the number of its angle among those of its kind."""

    kind: tuple[str, tuple[int, ...]]
    place: int


_Factor = np.ndarray | _Turn  # a matrix, constant or of an angle


class _Step(NamedTuple):
    """Factors on the same qubits, in the order of time."""

    qubits: tuple[int, ...]
    factors: list[_Factor]


def compile_density(
    circuit: QuantumCircuit,
    inputs: Sequence[Parameter],
    weights: Sequence[Parameter],
    noise: Noise,
    dtype: DTypeLike = jnp.float32,
) -> DensityFunction:
    """r_P(x, θ) = Tr(P ρ) of all Pauli strings P, in base 4, qubit 0 the lowest digit.

    ρ is what ``circuit`` makes of |0…0⟩ when every gate is followed by its channel, and the
    readout errors of measured qubits by theirs. jit, vmap and grad (twice) work. Raises
    ``CircuitError`` as ``compile`` does, for more than 8 qubits, and for a gate on more than 3.
    """
    n_qubits = circuit.num_qubits
    if n_qubits > MAX_DENSITY_QUBITS:
        raise CircuitError(
            f"circuit '{circuit.name}' has {n_qubits} qubits, a density matrix of 4**{n_qubits} "
            f"numbers; at most {MAX_DENSITY_QUBITS} fit: take trajectories"
        )
    positions = {parameter: place for place, parameter in enumerate([*inputs, *weights])}
    steps, turns = _steps(without_resets(circuit), positions, noise)
    build = _emit_turns(turns, len(inputs), len(weights), dtype)
    start = kron([np.array([[1.0, 0.0, 0.0, 1.0]])] * n_qubits).reshape((4,) * n_qubits)

    def density(x: Array, theta: Array) -> Float[Array, " 4**n"]:
        built, vector = build(x, theta), jnp.asarray(start, dtype)
        for qubits, factors in steps:
            matrix = reduce(
                lambda left, right: matmul(right, left), map(_fetch(built, dtype), factors)
            )
            vector = _apply(matrix, vector, qubits)
        return vector.reshape(-1)

    return jax.jit(density)


Built = dict[tuple[str, tuple[int, ...]], Float[Array, "turns k k"]]
Turns = dict[tuple[str, tuple[int, ...]], list[Rotation]]


def _fetch(built: Built, dtype: DTypeLike) -> Callable[[_Factor], Array]:
    def fetch(factor: _Factor) -> Array:
        if isinstance(factor, _Turn):
            return built[factor.kind][factor.place]
        return jnp.asarray(factor, dtype)

    return fetch


def _steps(
    circuit: QuantumCircuit, positions: dict[Parameter, int], noise: Noise
) -> tuple[list[_Step], Turns]:
    """The circuit as few steps, and its rotations by their kind."""
    steps: list[_Step] = []
    waiting: dict[int, list[_Factor]] = {q: [] for q in range(circuit.num_qubits)}
    turns: Turns = {}

    def put(qubits: tuple[int, ...], factor: _Factor) -> None:
        if len(qubits) == 1:
            _append(waiting[qubits[0]], factor)
            return
        for qubit in qubits:
            _flush(qubit)
        if steps and steps[-1].qubits == qubits:
            _append(steps[-1].factors, factor)
        else:
            steps.append(_Step(qubits, [factor]))

    def _flush(qubit: int) -> None:
        if waiting[qubit]:
            steps.append(_Step((qubit,), waiting[qubit]))
            waiting[qubit] = []

    for number, instruction in enumerate(circuit.data):
        if isinstance(instruction.operation, Barrier | Delay):
            continue
        qubits = tuple(circuit.find_bit(qubit).index for qubit in instruction.qubits)
        for operation in lower(circuit, number, positions):
            if acted := _qubits_of(operation):  # else it is a global phase
                put(acted, _factor(operation, turns))
        channel = noise.after(instruction.operation.name, qubits)
        if channel is not None:
            put(qubits, channel)
    for qubit, channel in noise.readout.items():
        put((qubit,), channel)
    for qubit in waiting:
        _flush(qubit)
    return steps, turns


def _append(factors: list[_Factor], factor: _Factor) -> None:
    """Constants that follow each other are multiplied at once."""
    if factors and isinstance(factors[-1], np.ndarray) and isinstance(factor, np.ndarray):
        factors[-1] = factor @ factors[-1]
    else:
        factors.append(factor)


def _qubits_of(operation: Operation) -> tuple[int, ...]:
    """The qubits that an operation acts on, the controls last."""
    controls = tuple(qubit for qubit, _ in operation.controls)
    targets = tuple(operation.qubits) if isinstance(operation, Unitary) else _turned(operation)[1]
    qubits = (*targets, *controls)
    if len(qubits) > _GATE_QUBITS:
        raise CircuitError(
            f"a gate on {len(qubits)} qubits {list(qubits)}: expected at most {_GATE_QUBITS} with "
            "noise; transpile the circuit to smaller gates"
        )
    return qubits


def _turned(rotation: Rotation) -> tuple[str, tuple[int, ...]]:
    """The letters of a rotation that are not I, and their qubits."""
    pairs = zip(rotation.pauli, rotation.qubits, strict=True)
    kept = [(letter, qubit) for letter, qubit in pairs if letter != "I"]
    return "".join(letter for letter, _ in kept), tuple(qubit for _, qubit in kept)


def _factor(operation: Operation, turns: Turns) -> _Factor:
    """A constant matrix, or a rotation, which joins ``turns``."""
    bits = tuple(bit for _, bit in operation.controls)
    if isinstance(operation, Unitary):
        return transfer(_under_controls(np.asarray(operation.matrix), bits))
    kind = _turned(operation)[0], bits
    if not operation.angle.terms:
        return constant_rotation(kind[0], operation.controls, operation.angle.constant)
    known = turns.setdefault(kind, [])
    known.append(operation)
    return _Turn(kind, len(known) - 1)


def _under_controls(matrix: np.ndarray, bits: tuple[int, ...]) -> np.ndarray:
    """The block of ``matrix`` where the controls, which are the higher qubits, have their bits."""
    controlled = np.eye(len(matrix) << len(bits), dtype=complex)
    first = sum(bit << place for place, bit in enumerate(bits)) * len(matrix)
    block = slice(first, first + len(matrix))
    controlled[block, block] = matrix
    return controlled


def _emit_turns(
    turns: Turns, n_inputs: int, n_weights: int, dtype: DTypeLike
) -> Callable[[Array, Array], Built]:
    """(x, θ) -> the matrices of all rotations, those of a kind together."""
    columns = Columns(n_inputs, n_weights)
    affines = [turn.angle for kind in turns.values() for turn in kind]
    values = emit_values(affines, columns, dtype)
    tables = {
        kind: columns.matrix([turn.angle for turn in known], dtype) for kind, known in turns.items()
    }

    def build(x: Array, theta: Array) -> Built:
        found = values(Values(jnp.asarray(x, dtype), jnp.asarray(theta, dtype)))
        return {
            (pauli, bits): rotations(pauli, [(0, bit) for bit in bits], apply_matrix(table, found))
            for (pauli, bits), table in tables.items()
        }

    return build


def _apply(matrix: Array, vector: Array, qubits: tuple[int, ...]) -> Array:
    """``matrix`` on the axes of ``qubits``; the first of them is its lowest digit."""
    count, n_qubits = len(qubits), vector.ndim
    axes = [n_qubits - 1 - qubit for qubit in reversed(qubits)]
    shaped = matrix.reshape((4,) * (2 * count))
    moved = tensordot(shaped, vector, (list(range(count, 2 * count)), axes))
    return jnp.moveaxis(moved, range(count), axes)
