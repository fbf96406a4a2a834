"""Fused groups -> JAX function.

A small circuit in real numbers takes its alternating form, a small one with rotations by x its
phased form. In any other, layers are Kronecker blocks and monomials phases on every amplitude.

Constant groups at the start are applied while compiling, and a first layer makes a product state
without a matrix product. While everything is real (RY, CX, CZ, H) the state is a real array, at
half the work or less; it becomes complex at the first group that is not.
"""

from collections.abc import Callable, Sequence
from functools import partial, reduce
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import DTypeLike
from jaxtyping import Array

from fewqubit.compiler.emit.alternating import emit_alternating
from fewqubit.compiler.emit.blocks import Block, apply_block, apply_dense, constant_block, split
from fewqubit.compiler.emit.matrices import Blocks, MatrixTable
from fewqubit.compiler.emit.parts import Turns, apply_to, fence, joined, turn, weigh
from fewqubit.compiler.emit.permute import Permutation, permute
from fewqubit.compiler.emit.phased import emit_phased
from fewqubit.compiler.emit.phases import PhaseTable
from fewqubit.compiler.fuse.alternating import alternate
from fewqubit.compiler.fuse.constants import apply_constant, is_constant_group
from fewqubit.compiler.fuse.groups import Group, Layer, Monomial
from fewqubit.compiler.fuse.items import Dense, Turn
from fewqubit.compiler.fuse.phased import phased
from fewqubit.compiler.fuse.runs import tidy
from fewqubit.compiler.parse.angles import Columns, Values, emit_values
from fewqubit.compiler.parse.expressions import Affine

MAX_DENSE_QUBITS = 6  # above, Kronecker blocks are less work than dense matrices


class Built(NamedTuple):
    """What is computed from the angles alone, before any gate acts on the state."""

    blocks: Blocks
    phases: list[Turns]


Fetch = Callable[[Built], Array]
Step = Callable[[Array, Built], Array]


def emit(
    groups: Sequence[Group], n_qubits: int, columns: Columns, dtype: DTypeLike
) -> Callable[[Array, Array], Array]:
    """The state after ``groups`` on |0…0⟩ as a pure function of (x, θ)."""
    values = _emit_angles(groups, columns, dtype)
    amplitudes = _emit_amplitudes(groups, n_qubits, columns, dtype)

    def state(x: Array, theta: Array) -> Array:
        psi = amplitudes(values(x, theta))
        return psi if jnp.iscomplexobj(psi) else jax.lax.complex(psi, jnp.zeros_like(psi))

    return state


def emit_onto(
    groups: Sequence[Group], n_qubits: int, columns: Columns, dtype: DTypeLike
) -> Callable[[Array, Array, Array], Array]:
    """``groups`` applied to a state, a pure function of (parts of the state [2, D], x, θ)."""
    values = _emit_angles(groups, columns, dtype)
    emitter = _Emitter(n_qubits, columns, dtype)
    walk = emitter.walk([emitter.step(group) for group in groups])
    return lambda parts, x, theta: walk(lambda _: parts, values(x, theta))


def _emit_angles(
    groups: Sequence[Group], columns: Columns, dtype: DTypeLike
) -> Callable[[Array, Array], Values]:
    """(x, θ) -> the values that the groups' angles are affine in."""
    real = jnp.finfo(dtype).dtype
    values = emit_values([angle for group in groups for angle in _angles(group)], columns, real)
    return lambda x, theta: values(Values(jnp.asarray(x, real), jnp.asarray(theta, real)))


def _emit_amplitudes(
    groups: Sequence[Group], n_qubits: int, columns: Columns, dtype: DTypeLike
) -> Callable[[Values], Array]:
    """Values -> the state, real if it is real for all values."""
    if n_qubits <= MAX_DENSE_QUBITS:
        form = alternate(groups, n_qubits)
        if form is not None:
            return emit_alternating(form, n_qubits, columns, dtype)
        if any(_has_matrices_of_x(group, columns) for group in groups):
            return emit_phased(phased(groups, n_qubits), n_qubits, columns, dtype)
    emitter = _Emitter(n_qubits, columns, dtype)
    first, steps = emitter.emit_steps(groups)
    walk = emitter.walk(steps)
    return lambda values: walk(lambda built: first(built)[None], values)


class _Emitter:
    """Turns groups to steps, and collects what the steps need built in its tables."""

    def __init__(self, n_qubits: int, columns: Columns, dtype: DTypeLike) -> None:
        self.n_qubits, self.columns, self.dtype = n_qubits, columns, dtype
        self.blocks = MatrixTable(columns, dtype)
        self.phases = PhaseTable(columns, n_qubits, dtype)

    def emit_steps(self, groups: Sequence[Group]) -> tuple[Fetch, list[Step]]:
        """The first state, and the steps after it."""
        constants = 0
        while constants < len(groups) and is_constant_group(groups[constants]):
            constants += 1
        if constants == 0 and groups and isinstance(groups[0], Layer):
            first, rest = self._product_state(groups[0]), groups[1:]
        else:
            psi = np.eye(1, 2**self.n_qubits)[0]
            for group in groups[:constants]:
                psi = apply_constant(group, psi, self.n_qubits)
            start = self._cast(psi)
            first, rest = lambda _: jnp.asarray(start), groups[constants:]
        return first, [self.step(group) for group in rest]

    def walk(self, steps: Sequence[Step]) -> Callable[[Fetch, Values], Array]:
        """(first state, values) -> the state after all ``steps``."""
        build_blocks, build_phases = self.blocks.emit(), self.phases.emit()

        def state(start: Fetch, values: Values) -> Array:
            built = Built(build_blocks(values), build_phases(values))
            return joined(reduce(lambda psi, step: step(psi, built), steps, start(built)))[0]

        return state

    def step(self, group: Group) -> Step:
        match group:
            case Layer():
                return self._layer(group)
            case Monomial():
                return self._monomial(group)
            case Dense():
                return self._dense(group)

    def _product_state(self, layer: Layer) -> Fetch:
        """(M_{n-1} ⊗ … ⊗ M_0)|0…0⟩: the product of the blocks' first columns."""
        idle = Layer(dict.fromkeys(range(self.n_qubits), ()) | layer.runs)
        blocks = [self._fetch(block, column=True) for block in split(idle, self.n_qubits)]

        def first(built: Built) -> Array:
            columns = [fence(block(built)[:, 0]) for block in blocks]
            return reduce(_tensor_product, columns)

        return first

    def _layer(self, layer: Layer) -> Step:
        blocks = [(block.low, self._fetch(block)) for block in split(layer, self.n_qubits)]

        def step(psi: Array, built: Built) -> Array:
            for low, block in blocks:
                psi = apply_to(block(built), psi, partial(apply_block, low=low))
            return psi

        return step

    def _fetch(self, block: Block, column: bool = False) -> Fetch:
        """The matrix of ``block``, or its first column: a constant, or what the table builds."""
        constant = constant_block(block)
        if constant is not None:
            known = self._cast(constant)
            return lambda _: known
        kind, shape, position = self.blocks.add(block, column)
        return lambda built: built.blocks[kind, shape][position]

    def _monomial(self, monomial: Monomial) -> Step:
        """Phases of θ alone act before the permutation, on amplitudes in their old places.

        Permuted amplitudes are multiplied at once, and the derivative keeps no copy of them.
        """
        constant, source, terms = self._cast(monomial.constant), monomial.source, monomial.terms
        permutation = Permutation.of(source)
        moves = not np.array_equal(source, np.arange(len(source)))
        weighs = not np.array_equal(constant, np.ones(len(constant)))
        early = moves and not self.phases.is_own(terms)
        phase = self.phases.add(terms, permutation if early else None) if terms else None

        def turned(psi: Array, built: Built) -> Array:
            return psi if phase is None else turn(psi, built.phases[phase])

        def step(psi: Array, built: Built) -> Array:
            psi = turned(psi, built) if early else psi
            psi = permute(psi, permutation) if moves else psi
            psi = weigh(psi, constant) if weighs else psi
            return psi if early else turned(psi, built)

        return step

    def _dense(self, dense: Dense) -> Step:
        matrix, apply = self._cast(dense.matrix), partial(apply_dense, qubits=dense.qubits)
        return lambda psi, _: apply_to(matrix, psi, apply)

    def _cast(self, entries: np.ndarray) -> np.ndarray:
        """``entries`` as the state's type, or as its real type where they are real."""
        entries = tidy(entries)
        real = jnp.finfo(self.dtype).dtype
        return entries.astype(real if np.isrealobj(entries) else self.dtype)


def _tensor_product(low: Array, high: Array) -> Array:
    """high ⊗ low; unlike ``outer``, its derivatives are matrix products too."""
    return jax.lax.dot_general(high, low, (((), ()), ((), ()))).reshape(-1)


def _has_matrices_of_x(group: Group, columns: Columns) -> bool:
    """Whether it is a layer whose matrices every example would have its own of."""
    return isinstance(group, Layer) and any(columns.is_own(angle) for angle in _angles(group))


def _angles(group: Group) -> list[Affine]:
    """The angles of a group, constant ones included."""
    match group:
        case Layer(runs=runs):
            return [gate.angle for run in runs.values() for gate in run if isinstance(gate, Turn)]
        case Monomial(terms=terms):
            return list(terms.values())
        case _:
            return []
