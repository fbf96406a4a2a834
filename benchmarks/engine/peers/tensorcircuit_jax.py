"""TensorCircuit-NG on JAX."""

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

import jax
import jax.numpy as jnp
import tensorcircuit as tc
from benchmarks.engine.peers.jax_works import jax_works
from benchmarks.engine.works import expectation_gradient, meta_step

tc.set_backend("jax")


def _zz(n: int) -> Callable[..., Any]:
    wires = range(n - 1, -1, -1)  # its first qubit is the highest bit

    def state(x: Any) -> Any:
        circuit = tc.Circuit(n)
        for _ in range(2):
            for q, wire in enumerate(wires):
                circuit.h(wire)
                circuit.rz(wire, theta=2 * x[q])
            for i, j in combinations(range(n), 2):
                angle = 2 * (jnp.pi - x[i]) * (jnp.pi - x[j])
                circuit.rzz(wires[i], wires[j], theta=angle)
        return circuit.state()

    return jax.vmap(state)


def _hardware_efficient(n: int, read: Sequence[int]) -> Callable[..., Any]:
    def expectation(x: Any, theta: Any) -> Any:
        circuit, angles = tc.Circuit(n), iter(range(len(theta)))
        for q in range(n):
            circuit.ry(q, theta=x[q])
        for layer in range(expectation_gradient.LAYERS + 1):
            for q in range(n - 1 if layer else 0):
                circuit.cnot(q, q + 1)
            for q in range(n):
                circuit.ry(q, theta=theta[next(angles)])
                circuit.rz(q, theta=theta[next(angles)])
        return sum(circuit.expectation_ps(z=[q]).real for q in read) / len(read)

    return expectation


def _ansatz(n: int) -> Callable[..., Any]:
    def expectations(x: Any, theta: Any) -> Any:
        circuit = tc.Circuit(n)
        for q in range(n):
            circuit.ry(q, theta=x[q])
        for layer in range(meta_step.LAYERS):
            for q in range(n):
                circuit.ry(q, theta=theta[layer * n + q])
            for q in range(n - 1):
                circuit.cnot(q, q + 1)
        return jnp.stack([circuit.expectation_ps(z=[q]).real for q in range(n)])

    return expectations


WORKS = jax_works(_zz, _hardware_efficient, _ansatz)
