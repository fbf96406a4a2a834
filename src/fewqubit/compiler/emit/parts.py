"""How amplitudes are held: [1, D], real or complex, or as [2, D] real and imaginary parts.

Most gates are real (H, RY, CX): they act on both parts alike, in one product of real matrices, a
third of the time of a complex one. Phases of θ alone mix the two parts. Phases of x differ between
examples: there complex numbers are as fast, and quicker to compile.
"""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Complex, Float, Inexact

from fewqubit.compiler.emit.blocks import matmul


class Turns(NamedTuple):
    """φ of every amplitude, and exp(iφ); ``own``: they differ between examples."""

    phase: Float[Array, " D"]
    cis: Complex[Array, " D"]
    own: bool


def joined(psi: Inexact[Array, "parts D"]) -> Inexact[Array, "parts D"]:
    """One row of amplitudes."""
    if len(psi) == 1:
        return psi
    return jax.lax.complex(*jax.lax.split(psi, (1, 1)))  # unlike slices, without padding backwards


def apply_to(
    matrix: Inexact[Array, "k k"], psi: Inexact[Array, "parts D"], apply: Callable[..., Array]
) -> Inexact[Array, "parts D"]:
    """``apply(matrix, ψ)``, linear: on the parts side by side where ``matrix`` is real."""
    return apply(matrix, joined(psi) if jnp.iscomplexobj(matrix) else psi)


def weigh(
    psi: Inexact[Array, "parts D"], weight: Inexact[np.ndarray, " D"]
) -> Inexact[Array, "parts D"]:
    """Every amplitude times its constant."""
    return (psi if np.isrealobj(weight) else joined(psi)) * weight


def turn(psi: Inexact[Array, "parts D"], by: Turns) -> Inexact[Array, "parts D"]:
    """exp(iφ) ψ."""
    if by.own:
        return joined(psi) * by.cis
    if jnp.iscomplexobj(psi):
        psi = jnp.concatenate([psi.real, psi.imag])
    return _turn(psi, by.phase, by.cis)


@jax.custom_jvp
def _turn(
    parts: Float[Array, "parts D"], phase: Float[Array, " D"], cis: Complex[Array, " D"]
) -> Float[Array, "2 D"]:
    """exp(iφ) ψ.

    d(exp(iφ) ψ) = exp(iφ) (dψ + i ψ dφ): one product for the derivative by φ, where that of cis
    would be two. The derivative by ``cis`` is left out, as it is that by φ again.
    """
    del phase
    return _times(parts, cis.real, cis.imag)


@_turn.defjvp
def _turn_jvp(
    primals: tuple[Array, Array, Array], tangents: tuple[Array, Array, Array]
) -> tuple[Array, Array]:
    (parts, phase, cis), (moved, turned, _) = primals, tangents
    result = _turn(parts, phase, cis)
    if len(parts) == 1:
        return result, _turn(moved, phase, cis) + turned * _quarter_turn(result)
    return result, _turn(moved + turned * _quarter_turn(parts), phase, cis)


def fence(values: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    """``values``, computed once, by a product with the identity.

    XLA joins cheap operations with every reader: what belongs to a whole batch would be computed
    again for each example of it. It does not join matrix products.
    """
    width = min(32, values.size & -values.size)
    eye = np.eye(width, dtype=values.dtype)
    return matmul(values.reshape(-1, width), jnp.asarray(eye)).reshape(values.shape)


def _times(parts: Float[Array, "parts D"], real: Array, imag: Array) -> Float[Array, "2 D"]:
    """(real + i imag) ψ."""
    if len(parts) == 1:
        return jnp.concatenate([real * parts, imag * parts])
    return real * parts + imag * _quarter_turn(parts)


def _quarter_turn(pairs: Float[Array, "2 D"]) -> Float[Array, "2 D"]:
    """i ψ."""
    real, imag = jax.lax.split(pairs, (1, 1))
    return jnp.concatenate([-imag, real])
