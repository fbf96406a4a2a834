"""Kernels from all outcomes of a pair's circuit, not from 0…0 alone.

    k(x, x′) = Σ_b p_b(x, x′) w^|b|,      p_b = |⟨b|U†(x′) U(x)|0⟩|²,   |b|: ones in b
    K(x, x′) = (k(x, x′) + k(x′, x))/2

w = 0 is the fidelity. With many qubits 0…0 is never seen, and all estimated fidelities are 0; but
an outcome with a single 1 still says that the states are near. p_b(x, x′) and p_b(x′, x) differ for
b ≠ 0, so a pair takes two circuits. K need not be positive semi-definite; see
``states.kernels.nearest_psd``. The idea is that of arXiv 2605.31449, of which we had only the
abstract; the weights are ours.
"""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from fewqubit.backends.circuits import overlap
from fewqubit.circuits.circuit import Circuit
from fewqubit.circuits.drawn import draw_up
from fewqubit.circuits.parameters import vector
from fewqubit.circuits.separable import without_entanglers
from fewqubit.compiler.compiled import compile
from fewqubit.models.body import Body
from fewqubit.models.geometry import by_pairs
from fewqubit.models.network import Params
from fewqubit.states.kernels import flip_weights
from fewqubit.states.observables import probabilities
from fewqubit.states.readouts import primes


def from_all_outcomes(circuit: Circuit, exact: Body, entanglers: bool = True) -> Body:
    """``exact``, the body of ``circuit``, with the kernel from all outcomes of pairs.

    Features are the angles, then θ; one circuit is simulated for each pair.
    """
    full = draw_up(circuit)
    drawn = full if entanglers else without_entanglers(full)
    inputs, primed = vector(full, "x"), primes(exact.n_inputs)
    weights = vector(full, "θ")
    if not entanglers:
        weights = [weight for weight in weights if weight in drawn.parameters]
    pair = compile(overlap(drawn, primed), [*inputs, *primed], weights)
    n, worth = exact.n_inputs, flip_weights(circuit.n_qubits, circuit.flip_weight)

    def apply(theta: Params, angles: Float[Array, " angles"]) -> Float[Array, " D"]:
        return jnp.concatenate([angles, theta])

    def read(features: Float[Array, " D"]) -> Float[Array, " readings"]:
        return exact.read(exact.apply(features[n:], features[:n]))

    def one_way(a: Float[Array, " D"], b: Float[Array, " D"]) -> Float[Array, ""]:
        state = pair(jnp.concatenate([a[:n], b[:n]]), a[n:])
        return probabilities(state) @ jnp.asarray(worth, state.real.dtype)

    def entry(a: Float[Array, " D"], b: Float[Array, " D"]) -> Float[Array, ""]:
        return (one_way(a, b) + one_way(b, a)) / 2

    def kernel(a: Float[Array, "a D"], b: Float[Array, "b D"]) -> Float[Array, "a b"]:
        if not (len(a) and len(b)):
            return jnp.zeros((len(a), len(b)))
        return jax.vmap(lambda left: jax.vmap(lambda right: entry(left, right))(b))(a)

    geometry = by_pairs(kernel, "circuit.geometry: outcomes of pairs have no metric")
    return exact._replace(apply=apply, read=read, geometry=geometry, halves=None)
