"""All angles of a circuit at once: values v = (x, θ) -> A v' + b, with v' = (v, f_1, f_2, ...)."""

from collections.abc import Callable, Sequence

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import DTypeLike
from jaxtyping import Array, Float

from fewqubit.quantum.expressions import Affine, Atom, Function

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


def emit_angles(
    affines: Sequence[Affine], n_values: int, real: DTypeLike
) -> Callable[[Float[Array, " values"]], Float[Array, " angles"]]:
    """A function of (x, θ) that returns every angle in ``affines``.

    Nonlinear terms of equal depth and name are computed by one vectorised operation.
    """
    layers = _layers(affines)
    columns: dict[Atom, int] = {position: position for position in range(n_values)}
    steps = []
    for functions in layers:
        sides = zip(*(function.arguments for function in functions), strict=True)
        matrices = [_matrix(side, columns, real) for side in sides]
        steps.append((_emit_function(functions[0]), matrices))
        for function in functions:
            columns[function] = len(columns)
    last = _matrix(affines, columns, real)

    def angles(values: Float[Array, " values"]) -> Float[Array, " angles"]:
        for function, matrices in steps:
            new = function(*(_affine(matrix, values) for matrix in matrices))
            values = jnp.concatenate([values, new])
        return _affine(last, values)

    return angles


def _emit_function(function: Function) -> Callable[..., Array]:
    """A power with a constant integer exponent keeps its derivative at zero and below."""
    if function.name == "POW":
        base, exponent = function.arguments
        if not exponent.terms and exponent.constant.is_integer():
            return lambda left, _: jax.lax.integer_pow(left, int(exponent.constant))
        if not base.terms and base.constant > 0.0:
            return lambda _, right: jnp.exp(right * np.log(base.constant))
    return _FUNCTIONS[function.name]


def _layers(affines: Sequence[Affine]) -> list[list[Function]]:
    """The nonlinear terms below ``affines``, those a term needs before it, alike ones together."""
    depths: dict[Function, int] = {}
    for affine in affines:
        _measure(affine, depths)
    groups: dict[tuple[object, ...], list[Function]] = {}
    for function, depth in depths.items():
        groups.setdefault((depth, function.name, *_static(function)), []).append(function)
    return [groups[key] for key in sorted(groups, key=lambda key: (key[0], str(key[1:])))]


def _static(function: Function) -> tuple[float, ...]:
    """What powers must share to be computed together: a constant exponent or base."""
    if function.name != "POW":
        return ()
    return tuple(a.constant if not a.terms else float("inf") for a in function.arguments)


def _measure(affine: Affine, depths: dict[Function, int]) -> int:
    """Depth of nesting of ``affine``; records that of every function in it."""
    deepest = 0
    for atom, _ in affine.terms:
        if isinstance(atom, Function):
            if atom not in depths:
                depths[atom] = 1 + max(_measure(a, depths) for a in atom.arguments)
            deepest = max(deepest, depths[atom])
    return deepest


def _matrix(
    affines: Sequence[Affine], columns: dict[Atom, int], real: DTypeLike
) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients [rows, values so far] and constants [rows]."""
    coefficients = np.zeros((len(affines), len(columns)))
    for row, affine in enumerate(affines):
        for atom, coefficient in affine.terms:
            coefficients[row, columns[atom]] += coefficient
    return coefficients.astype(real), np.array([a.constant for a in affines]).astype(real)


def _affine(matrix: tuple[np.ndarray, np.ndarray], values: Array) -> Array:
    coefficients, constants = matrix
    return jnp.matmul(coefficients, values, precision=jax.lax.Precision.HIGHEST) + constants
