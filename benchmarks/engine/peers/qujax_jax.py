"""qujax: lists of gates to a function of all angles, in units of π; qubit 0 is the highest bit."""

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

import jax
import jax.numpy as jnp
import qujax
from benchmarks.engine.peers.jax_works import jax_works
from benchmarks.engine.works import expectation_gradient, meta_step

Gate = tuple[str, list[int], list[int]]


def _state(gates: list[Gate], n: int) -> Callable[[Any], Any]:
    """Angles in radians -> state; qubits mirrored, so that qubit 0 is the lowest bit."""
    names, qubits, angles = (list(part) for part in zip(*gates, strict=True))
    mirrored = [[n - 1 - q for q in each] for each in qubits]
    function = qujax.get_params_to_statetensor_func(names, mirrored, angles, n)
    return lambda angles: function(angles / jnp.pi).reshape(-1)


def _zz(n: int) -> Callable[..., Any]:
    pairs = list(combinations(range(n), 2))
    first, second = (jnp.array([pair[k] for pair in pairs], int) for k in (0, 1))
    once: list[Gate] = [("H", [q], []) for q in range(n)]
    once += [("Rz", [q], [q]) for q in range(n)]
    once += [("ZZPhase", [*pair], [n + k]) for k, pair in enumerate(pairs)]
    state = _state(once * 2, n)

    def of_row(x: Any) -> Any:
        products = 2 * (jnp.pi - x[first]) * (jnp.pi - x[second])
        return state(jnp.concatenate([2 * x, products]))

    return jax.vmap(of_row)


def _z(state: Any, qubit: int) -> Any:
    pairs = jnp.abs(state.reshape(-1, 2, 2**qubit)) ** 2
    return jnp.sum(pairs[:, 0] - pairs[:, 1])


def _hardware_efficient(n: int, read: Sequence[int]) -> Callable[..., Any]:
    gates: list[Gate] = [("Ry", [q], [q]) for q in range(n)]
    angle = n
    for layer in range(expectation_gradient.LAYERS + 1):
        gates += [("CX", [q, q + 1], []) for q in range(n - 1 if layer else 0)]
        for q in range(n):
            gates += [("Ry", [q], [angle]), ("Rz", [q], [angle + 1])]
            angle += 2
    state = _state(gates, n)

    def expectation(x: Any, theta: Any) -> Any:
        psi = state(jnp.concatenate([x, theta]))
        return sum(_z(psi, q) for q in read) / len(read)

    return expectation


def _ansatz(n: int) -> Callable[..., Any]:
    gates: list[Gate] = [("Ry", [q], [q]) for q in range(n)]
    for layer in range(meta_step.LAYERS):
        gates += [("Ry", [q], [n * (layer + 1) + q]) for q in range(n)]
        gates += [("CX", [q, q + 1], []) for q in range(n - 1)]
    state = _state(gates, n)

    def expectations(x: Any, theta: Any) -> Any:
        psi = state(jnp.concatenate([x, theta]))
        return jnp.stack([_z(psi, q) for q in range(n)])

    return expectations


WORKS = jax_works(_zz, _hardware_efficient, _ansatz)
