"""The works for every peer whose circuits are JAX functions: jit, vmap and grad are the same."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from benchmarks.engine.works.meta_step import INNER_RATE, INNER_STEPS
from benchmarks.engine.works.qaoa import diagonals

Run = Callable[[], np.ndarray]
Circuit = Callable[..., Any]  # of one example: (x) or (x, θ)


def jax_works(
    zz: Callable[[int], Circuit],
    hardware_efficient: Callable[[int, Sequence[int]], Circuit],
    ansatz: Callable[[int], Circuit],
) -> dict[str, Callable[..., Run]]:
    """All works from three circuits: states of all rows, mean ⟨Z_q⟩ of some qubits, all ⟨Z_q⟩."""

    def states(x: np.ndarray) -> Run:
        return _jitted(zz(x.shape[1]), x)

    def gram(x: np.ndarray) -> Run:
        circuit = zz(x.shape[1])

        def kernel(x: jax.Array) -> jax.Array:
            psi = circuit(x)
            overlaps = jnp.matmul(psi.conj(), psi.T)
            return overlaps.real**2 + overlaps.imag**2

        return _jitted(kernel, x)

    def gradient(read: Sequence[int], x: np.ndarray, y: np.ndarray, theta: np.ndarray) -> Run:
        circuit = jax.vmap(hardware_efficient(x.shape[1], read), (0, None))

        def loss(theta: jax.Array, x: jax.Array, y: jax.Array) -> jax.Array:
            return jnp.mean(y * circuit(x, theta))

        return _jitted(_flat(jax.value_and_grad(loss)), theta, x, y)

    def meta_step(theta: np.ndarray, weights: np.ndarray, bias: np.ndarray, *tasks: Any) -> Run:
        features = jax.vmap(ansatz(tasks[0].shape[-1]), (0, None))
        step = jax.value_and_grad(meta_loss(features))
        return _jitted(_flat(step), (theta, weights, bias), *tasks)

    return {
        "states": states,
        "gram": gram,
        "expectation_gradient": lambda x, y, theta: gradient([0], x, y, theta),
        "readout_gradient": lambda x, y, theta: gradient(range(x.shape[1]), x, y, theta),
        "meta_step": meta_step,
    }


def qaoa_work(energy: Callable[..., jax.Array]) -> Callable[..., Run]:
    """From one row's (θ, diagonal) -> E, which is what every graph is turned into beforehand."""

    def work(edges: np.ndarray, theta: np.ndarray) -> Run:
        n = int(edges.max()) + 1
        both = jax.vmap(jax.value_and_grad(lambda t, d: energy(n, t, d)))

        def flat(theta: jax.Array, diagonals: jax.Array) -> jax.Array:
            value, gradient = both(theta, diagonals)
            return jnp.concatenate([value[:, None], gradient], 1)

        return _jitted(flat, theta, diagonals(edges, n))

    return work


def meta_loss(features: Circuit) -> Callable[..., jax.Array]:
    """(params, support x, y, query x, y) -> mean query loss after the inner steps."""

    def loss(params: Any, x: jax.Array, y: jax.Array) -> jax.Array:
        theta, weights, bias = params
        scores = jax.nn.log_softmax(features(x, theta) @ weights + bias)
        return -jnp.take_along_axis(scores, y[:, None], 1).mean()

    def descend(params: Any, x: jax.Array, y: jax.Array) -> Any:
        gradient = jax.grad(loss)(params, x, y)
        return jax.tree.map(lambda p, g: p - INNER_RATE * g, params, gradient)

    def of_task(params: Any, x: jax.Array, y: jax.Array, query: Any, classes: Any) -> jax.Array:
        adapted, _ = jax.lax.scan(
            lambda now, _: (descend(now, x, y), None), params, length=INNER_STEPS
        )
        return loss(adapted, query, classes)

    return lambda params, *tasks: jax.vmap(of_task, (None, 0, 0, 0, 0))(params, *tasks).mean()


def _flat(function: Circuit) -> Circuit:
    """Value and gradient in one vector."""
    return lambda *arguments: jnp.concatenate(
        [jnp.ravel(leaf) for leaf in jax.tree.leaves(function(*arguments))]
    )


def _jitted(function: Circuit, *arguments: Any) -> Run:
    compiled, on_device = jax.jit(function), jax.tree.map(jnp.asarray, arguments)
    return lambda: np.asarray(jax.block_until_ready(compiled(*on_device)))
