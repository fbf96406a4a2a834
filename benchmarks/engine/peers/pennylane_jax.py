"""PennyLane's default.qubit on JAX: backpropagation, jit and vmap."""

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

import jax
import jax.numpy as jnp
import pennylane as qml
from benchmarks.engine.peers.jax_works import jax_works, qaoa_work
from benchmarks.engine.works import expectation_gradient, meta_step, qaoa


def _node(n: int) -> Callable[..., Any]:
    device = qml.device("default.qubit", wires=range(n - 1, -1, -1))  # qubit 0 is the lowest bit
    return qml.qnode(device, interface="jax", diff_method="backprop")


def zz_circuit(n: int, x: Any) -> None:
    """The feature map; shared with lightning."""
    for _ in range(2):
        for q in range(n):
            qml.Hadamard(q)
            qml.RZ(2 * x[q], q)
        for i, j in combinations(range(n), 2):
            qml.IsingZZ(2 * (jnp.pi - x[i]) * (jnp.pi - x[j]), [i, j])


def hardware_efficient_circuit(n: int, x: Any, theta: Any) -> None:
    """Encoding and ansatz; shared with lightning."""
    angles = iter(range(len(theta)))
    for q in range(n):
        qml.RY(x[q], q)
    for layer in range(expectation_gradient.LAYERS + 1):
        for q in range(n - 1 if layer else 0):
            qml.CNOT([q, q + 1])
        for q in range(n):
            qml.RY(theta[next(angles)], q)
            qml.RZ(theta[next(angles)], q)


def _zz(n: int) -> Callable[..., Any]:
    @_node(n)
    def state(x: Any) -> Any:
        zz_circuit(n, x)
        return qml.state()

    return jax.vmap(state)


def _hardware_efficient(n: int, read: Sequence[int]) -> Callable[..., Any]:
    @_node(n)
    def expectations(x: Any, theta: Any) -> Any:
        hardware_efficient_circuit(n, x, theta)
        return [qml.expval(qml.Z(q)) for q in read]

    return lambda x, theta: sum(expectations(x, theta)) / len(read)


def _ansatz(n: int) -> Callable[..., Any]:
    @_node(n)
    def expectations(x: Any, theta: Any) -> Any:
        for q in range(n):
            qml.RY(x[q], q)
        for layer in range(meta_step.LAYERS):
            for q in range(n):
                qml.RY(theta[layer * n + q], q)
            for q in range(n - 1):
                qml.CNOT([q, q + 1])
        return [qml.expval(qml.Z(q)) for q in range(n)]

    return lambda x, theta: jnp.stack(expectations(x, theta))


def _qaoa(n: int, theta: Any, diagonal: Any) -> Any:
    """A gate for each pair of nodes, of angle 0 where there is no edge: graphs go through ``vmap``.

    One ``DiagonalQubitUnitary`` for all of them is applied as a matrix of 2**n by 2**n.
    """
    pairs = [*combinations(range(n), 2)]

    def weight(one: int, other: int) -> Any:
        """Of Z_i Z_j in the diagonal."""
        both = diagonal[0] + diagonal[(1 << one) + (1 << other)]
        return (both - diagonal[1 << one] - diagonal[1 << other]) / 4

    @_node(n)
    def probabilities(theta: Any) -> Any:
        for q in range(n):
            qml.Hadamard(q)
        for layer in range(qaoa.DEPTH):
            for one, other in pairs:
                qml.IsingZZ(2 * theta[layer] * weight(one, other), [one, other])
            for q in range(n):
                qml.RX(-2 * theta[qaoa.DEPTH + layer], q)
        return qml.probs(wires=range(n - 1, -1, -1))

    return probabilities(theta) @ diagonal


WORKS = jax_works(_zz, _hardware_efficient, _ansatz) | {"qaoa": qaoa_work(_qaoa)}
