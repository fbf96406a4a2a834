"""Fused groups -> JAX function.

Constant groups at the start are applied while compiling, and the first layer makes a product state
without a matrix product. While everything is real (RY, CX, CZ, H) the state is a real array, at
half the work or less; it becomes complex at the first group that is not.
"""

from collections.abc import Callable, Sequence
from functools import reduce
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jax.typing import DTypeLike
from jaxtyping import Array

from fewqubit.quantum.angles import Columns, Values, emit_values
from fewqubit.quantum.blocks import Block, BlockTable, apply_block, constant_block, matmul, split
from fewqubit.quantum.expressions import Affine
from fewqubit.quantum.groups import Group, Layer, Monomial
from fewqubit.quantum.items import Dense, Turn
from fewqubit.quantum.permute import Permutation, permute
from fewqubit.quantum.phases import PhaseTable
from fewqubit.quantum.runs import tidy


class Built(NamedTuple):
    """What is computed from the angles before the state moves, each by its table."""

    blocks: list[Array]
    phases: list[Array]


Step = Callable[[Array, Built], Array]
Fetch = Callable[[Built], Array]


class Tables(NamedTuple):
    """Where steps register what they need built."""

    blocks: BlockTable
    phases: PhaseTable


def emit(
    groups: Sequence[Group], n_qubits: int, columns: Columns, dtype: DTypeLike
) -> Callable[[Array, Array], Array]:
    """The state after ``groups`` on |0…0⟩ as a pure function of (x, θ)."""
    real = jnp.finfo(dtype).dtype
    values = emit_values([angle for group in groups for angle in _angles(group)], columns, real)
    tables = Tables(BlockTable(columns, dtype), PhaseTable(columns, n_qubits, dtype))
    first, steps = _emit_start(groups, n_qubits, tables, dtype)
    build_blocks, build_phases = tables.blocks.emit(), tables.phases.emit()

    def state(x: Array, theta: Array) -> Array:
        given = values(Values(jnp.asarray(x, real), jnp.asarray(theta, real)))
        built = Built(build_blocks(given), build_phases(given))
        psi = reduce(lambda psi, step: step(psi, built), steps, first(built))
        return psi.astype(dtype)

    return state


def _emit_start(
    groups: Sequence[Group], n_qubits: int, tables: Tables, dtype: DTypeLike
) -> tuple[Fetch, list[Step]]:
    """The first state, and the steps after it."""
    constants = 0
    while constants < len(groups) and not any(a.terms for a in _angles(groups[constants])):
        constants += 1
    if constants == 0 and groups and isinstance(groups[0], Layer):
        product = _product_state(groups[0], n_qubits, tables, dtype)
        return product, _steps(groups[1:], n_qubits, tables, dtype)
    psi = np.zeros(2**n_qubits)
    psi[0] = 1.0
    for group in groups[:constants]:
        psi = _apply_constant(group, psi, n_qubits)
    start = _cast(psi, dtype)
    return lambda _: jnp.asarray(start), _steps(groups[constants:], n_qubits, tables, dtype)


def _steps(groups: Sequence[Group], n_qubits: int, tables: Tables, dtype: DTypeLike) -> list[Step]:
    steps: list[Step] = []
    for group in groups:
        match group:
            case Layer():
                steps.append(_layer(group, n_qubits, tables, dtype))
            case Monomial():
                steps.append(_monomial(group, tables, dtype))
            case Dense():
                steps.append(_dense(group, n_qubits, dtype))
    return steps


def _product_state(layer: Layer, n_qubits: int, tables: Tables, dtype: DTypeLike) -> Fetch:
    """(M_{n-1} ⊗ … ⊗ M_0)|0…0⟩ from the first columns alone."""
    columns = [_fetch(b, tables, dtype, True) for b in split(layer, n_qubits, whole=True)]

    def first(built: Built) -> Array:
        vectors = [column(built)[:, 0] for column in columns]
        return reduce(lambda psi, v: (v[:, None] * psi[None, :]).reshape(-1), vectors)

    return first


def _layer(layer: Layer, n_qubits: int, tables: Tables, dtype: DTypeLike) -> Step:
    parts = [(b.low, _fetch(b, tables, dtype, False)) for b in split(layer, n_qubits)]

    def step(psi: Array, built: Built) -> Array:
        for low, block in parts:
            psi = apply_block(block(built), psi, low, matmul)
        return psi

    return step


def _fetch(block: Block, tables: Tables, dtype: DTypeLike, start: bool) -> Fetch:
    """The matrix of ``block``, a constant or one that its table builds."""
    constant = constant_block(block)
    if constant is not None:
        known = _cast(constant, dtype)
        return lambda _: known
    kind, position = tables.blocks.add(block, start)
    return lambda built: built.blocks[kind][position]


def _monomial(monomial: Monomial, tables: Tables, dtype: DTypeLike) -> Step:
    constant, source = _cast(monomial.constant, dtype), monomial.source
    permutation = Permutation(tuple(source.tolist()))
    moves = not np.array_equal(source, np.arange(len(source)))
    weighs = not np.array_equal(constant, np.ones(len(constant)))
    phase = tables.phases.add(monomial.terms) if monomial.terms else None

    def step(psi: Array, built: Built) -> Array:
        psi = permute(psi, permutation) if moves else psi
        psi = psi * constant if weighs else psi
        return psi if phase is None else psi * built.phases[phase]

    return step


def _dense(dense: Dense, n_qubits: int, dtype: DTypeLike) -> Step:
    matrix = _cast(dense.matrix, dtype)
    return lambda psi, _: _apply_dense(matrix, dense.qubits, psi, n_qubits)


def _apply_dense(matrix: Array, qubits: tuple[int, ...], psi: Array, n_qubits: int) -> Array:
    """A matrix on any qubits: their axes to the front, one product, and back."""
    axes = [n_qubits - 1 - qubit for qubit in reversed(qubits)]
    front = list(range(len(axes)))
    tensor = jnp.moveaxis(psi.reshape((2,) * n_qubits), axes, front)
    product = matmul(matrix, tensor.reshape(len(matrix), -1)).reshape(tensor.shape)
    return jnp.moveaxis(product, front, axes).reshape(-1)


def _apply_constant(group: Group, psi: np.ndarray, n_qubits: int) -> np.ndarray:
    """A group without parameters, in double precision, while compiling."""
    match group:
        case Layer():
            for block in split(group, n_qubits):
                matrix = constant_block(block)
                assert matrix is not None
                psi = apply_block(matrix, psi, block.low, np.matmul)
            return psi
        case Monomial():
            return psi[group.source] * group.constant
        case Dense():
            axes = [n_qubits - 1 - qubit for qubit in reversed(group.qubits)]
            front = list(range(len(axes)))
            tensor = np.moveaxis(psi.reshape((2,) * n_qubits), axes, front)
            product = (group.matrix @ tensor.reshape(len(group.matrix), -1)).reshape(tensor.shape)
            return np.moveaxis(product, front, axes).reshape(-1)


def _angles(group: Group) -> list[Affine]:
    """The angles of a group, constant ones included."""
    match group:
        case Layer(runs=runs):
            return [gate.angle for run in runs.values() for gate in run if isinstance(gate, Turn)]
        case Monomial(terms=terms):
            return list(terms.values())
        case _:
            return []


def _cast(entries: np.ndarray, dtype: DTypeLike) -> np.ndarray:
    """``entries`` as a state's type, or its real type where they are real."""
    entries = tidy(entries)
    return entries.astype(jnp.finfo(dtype).dtype if np.isrealobj(entries) else dtype)
