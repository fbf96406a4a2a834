"""All angles of a circuit at once, in two parts: those that depend on x, and those on θ alone.

    shared = A (θ, f(θ)) + b            own = A (x, f(x, θ)) + A' (θ, f(θ)) + b'

Under a vmap over examples only ``own`` gains an axis, and whatever is computed from ``shared`` is
computed once for the whole batch.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import DTypeLike
from jaxtyping import Array, Float

from fewqubit.base.products import matmul
from fewqubit.compiler.parse.expressions import Affine, Atom, Function

_FUNCTIONS: dict[str, Callable[..., Array]] = {
    "SIN": jnp.sin,
    "COS": jnp.cos,
    "TAN": jnp.tan,
    "ASIN": jnp.arcsin,
    "ACOS": jnp.arccos,
    "ATAN": jnp.arctan,
    "EXP": jnp.exp,
    "LOG": jnp.log,
    "ABS": jnp.abs,
    "SIGN": jnp.sign,
    "MUL": jnp.multiply,
    "DIV": jnp.divide,
    "POW": jnp.power,
}


class Values(NamedTuple):
    """Angles are affine in these: values that depend on x, and values of θ alone."""

    own: Float[Array, " own"]
    shared: Float[Array, " shared"]


class Matrix(NamedTuple):
    """An affine map from both kinds of values: rows [r, own], [r, shared] and constants [r]."""

    own: np.ndarray
    shared: np.ndarray
    constant: np.ndarray


class Columns:
    """Which column of which kind an atom has; inputs are atoms 0..n_inputs-1, weights follow."""

    def __init__(self, n_inputs: int, n_weights: int) -> None:
        self._n_inputs = n_inputs
        self._own: dict[Atom, int] = {k: k for k in range(n_inputs)}
        self._shared: dict[Atom, int] = {n_inputs + k: k for k in range(n_weights)}

    def is_own(self, affine: Affine) -> bool:
        """Whether ``affine`` depends on x."""
        return any(self._atom_is_own(atom) for atom, _ in affine.terms)

    def takes_weights(self, affine: Affine) -> bool:
        """Whether ``affine`` depends on θ, alone or together with x."""
        return any(self._atom_takes_weights(atom) for atom, _ in affine.terms)

    def _atom_takes_weights(self, atom: Atom) -> bool:
        if isinstance(atom, int):
            return atom >= self._n_inputs
        return any(self.takes_weights(argument) for argument in atom.arguments)

    def _atom_is_own(self, atom: Atom) -> bool:
        if isinstance(atom, int):
            return atom < self._n_inputs
        return any(self.is_own(argument) for argument in atom.arguments)

    def add(self, function: Function) -> None:
        """Give a new value its column."""
        columns = self._own if self._atom_is_own(function) else self._shared
        columns[function] = len(columns)

    def matrix(self, affines: Sequence[Affine], real: DTypeLike, factor: float = 1.0) -> Matrix:
        """The rows of ``factor · affine`` in the columns given so far."""
        own = np.zeros((len(affines), len(self._own)))
        shared = np.zeros((len(affines), len(self._shared)))
        for row, affine in enumerate(affines):
            for atom, coefficient in affine.terms:
                if atom in self._own:
                    own[row, self._own[atom]] += factor * coefficient
                else:
                    shared[row, self._shared[atom]] += factor * coefficient
        constant = factor * np.array([affine.constant for affine in affines])
        return Matrix(own.astype(real), shared.astype(real), constant.astype(real))


def apply_matrix(matrix: Matrix, values: Values) -> Float[Array, " rows"]:
    """The angles of ``matrix``; a kind of values that no row needs is not touched."""
    total = jnp.asarray(matrix.constant)
    for coefficients, kind in ((matrix.own, values.own), (matrix.shared, values.shared)):
        if coefficients.any():
            total = total + matmul(kind, coefficients.T)  # from the right: examples stay rows
    return total


def emit_values(
    affines: Sequence[Affine], columns: Columns, real: DTypeLike
) -> Callable[[Values], Values]:
    """(x, θ) -> the values that ``affines`` need; adds the nonlinear ones to ``columns``.

    Nonlinear terms of equal depth and name are computed by one vectorised operation.
    """
    steps = []
    for functions in _alike(affines, columns):
        sides = zip(*(function.arguments for function in functions), strict=True)
        matrices = [columns.matrix(side, real) for side in sides]
        own = columns.is_own(Affine(0.0, ((functions[0], 1.0),)))
        for function in functions:
            columns.add(function)
        steps.append((_emit_function(functions[0]), matrices, own))

    def values(given: Values) -> Values:
        own, shared = given
        for function, matrices, is_own in steps:
            new = function(*(apply_matrix(matrix, Values(own, shared)) for matrix in matrices))
            if is_own:
                own = jnp.concatenate([own, new])
            else:
                shared = jnp.concatenate([shared, new])
        return Values(own, shared)

    return values


def _emit_function(function: Function) -> Callable[..., Array]:
    """A power with a constant integer exponent keeps its derivative at zero and below."""
    if function.name == "POW":
        base, exponent = function.arguments
        if not exponent.terms and exponent.constant.is_integer():
            return lambda left, _: jax.lax.integer_pow(left, int(exponent.constant))
        if not base.terms and base.constant > 0.0:
            return lambda _, right: jnp.exp(right * np.log(base.constant))
    return _FUNCTIONS[function.name]


def _alike(affines: Sequence[Affine], columns: Columns) -> list[list[Function]]:
    """The nonlinear terms below ``affines``, inner ones first, alike ones together."""
    depths: dict[Function, int] = {}
    for affine in affines:
        _measure(affine, depths)
    groups: dict[tuple[int, str], list[Function]] = {}
    for function, depth in depths.items():
        own = columns.is_own(Affine(0.0, ((function, 1.0),)))
        kind = f"{function.name} {own} {_static(function)}"
        groups.setdefault((depth, kind), []).append(function)
    return [groups[key] for key in sorted(groups)]


def _static(function: Function) -> list[float | None]:
    """What powers must share to be computed together: a constant exponent or base."""
    if function.name != "POW":
        return []
    return [argument.constant if not argument.terms else None for argument in function.arguments]


def _measure(affine: Affine, depths: dict[Function, int]) -> int:
    """Depth of nesting of ``affine``; records that of every function in it."""
    deepest = 0
    for atom, _ in affine.terms:
        if isinstance(atom, Function):
            if atom not in depths:
                depths[atom] = 1 + max(_measure(argument, depths) for argument in atom.arguments)
            deepest = max(deepest, depths[atom])
    return deepest
