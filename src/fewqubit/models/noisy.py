"""A circuit under noise, simulated exactly: the same model without shot noise.

Readings are expectations in the density matrix of the circuit transpiled to the device. A kernel
entry is measured after U(x), then U†(x′), as one circuit: one density matrix for each pair.
Everything is differentiable.
"""

from collections.abc import Callable
from functools import cache

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from fewqubit.backends.circuits import overlap
from fewqubit.backends.device_noise import Placed, placed
from fewqubit.circuits.circuit import Circuit
from fewqubit.circuits.drawn import draw_up
from fewqubit.circuits.parameters import vector
from fewqubit.circuits.separable import without_entanglers
from fewqubit.compiler.density.emit import compile_density
from fewqubit.errors import SettingsError
from fewqubit.models.body import Body
from fewqubit.models.geometry import by_pairs
from fewqubit.models.network import Params
from fewqubit.states.density import pauli_reading
from fewqubit.states.kernels import projected_cross
from fewqubit.states.readouts import (
    READOUTS,
    Operator,
    Symbol,
    bloch_operators,
    flip_operator,
    primes,
)

Reading = Callable[[Array, Array], Float[Array, " readings"]]


def under_noise(circuit: Circuit, exact: Body, entanglers: bool = True) -> Body:
    """``exact``, the body of ``circuit``, with ``circuit.noise``; built at its first use.

    Features are what a device needs to prepare a state: its angles, then θ.
    """
    if circuit.members > 1 or circuit.bagged:
        raise SettingsError(
            "circuit.noise: expected one circuit, got an ensemble; set circuit.members to 1 and "
            "circuit.bagged to [], or circuit.noise to none"
        )
    whole = draw_up(circuit)
    inputs, weights = vector(whole, "x"), vector(whole, "θ")
    drawn = whole if entanglers else without_entanglers(whole)
    kept = weights if entanglers else [one for one in weights if one in drawn.parameters]
    n_inputs, operators = len(inputs), READOUTS[circuit.readout].operators(circuit.n_qubits)

    @cache
    def reading() -> Reading:
        return _readings(placed(drawn, circuit.noise), operators, inputs, kept)

    @cache
    def fidelity() -> Reading:
        primed = primes(n_inputs)
        pair, both = overlap(drawn, primed), [*inputs, *primed]
        weight = circuit.flip_weight if circuit.geometry == "hamming" else 0.0
        worth = flip_operator(circuit.n_qubits, weight)
        return _readings(placed(pair, circuit.noise), worth, both, kept)

    @cache
    def bloch() -> Reading:
        on = placed(drawn, circuit.noise)
        return _readings(on, bloch_operators(circuit.n_qubits), inputs, kept)

    def apply(theta: Params, angles: Float[Array, " angles"]) -> Float[Array, " D"]:
        return jnp.concatenate([angles, theta])

    def read(features: Float[Array, " D"]) -> Float[Array, " readings"]:
        return reading()(features[:n_inputs], features[n_inputs:])

    def one_way(a: Float[Array, " D"], b: Float[Array, " D"]) -> Float[Array, ""]:
        angles = jnp.concatenate([a[:n_inputs], b[:n_inputs]])
        return fidelity()(angles, a[n_inputs:])[0]

    def entry(a: Float[Array, " D"], b: Float[Array, " D"]) -> Float[Array, ""]:
        if circuit.geometry == "hamming":
            return (one_way(a, b) + one_way(b, a)) / 2
        return one_way(a, b)

    def reduced(rows: Float[Array, "a D"]) -> Float[Array, "a q 3"]:
        found = jax.vmap(lambda row: bloch()(row[:n_inputs], row[n_inputs:]))(rows)
        return found.reshape(len(rows), -1, 3)

    def kernel(a: Float[Array, "a D"], b: Float[Array, "b D"]) -> Float[Array, "a b"]:
        if not (len(a) and len(b)):
            return jnp.zeros((len(a), len(b)))
        if circuit.geometry == "projected":
            return projected_cross(reduced(a), reduced(b), circuit.gamma)
        return jax.vmap(lambda left: jax.vmap(lambda right: entry(left, right))(b))(a)

    geometry = by_pairs(kernel, "circuit.noise: mixed states have another metric than pure ones")
    return exact._replace(apply=apply, read=read, geometry=geometry, halves=None)


def _readings(
    on: Placed, operators: list[Operator], inputs: list[Symbol], weights: list[Symbol]
) -> Reading:
    density = compile_density(on.circuit, inputs, weights, on.noise)
    there = [on.on_device(operator) for operator in operators]

    def readings(x: Array, theta: Array) -> Float[Array, " readings"]:
        mixed = density(x, theta)
        return jnp.stack([pauli_reading(mixed, operator) for operator in there])

    return readings
