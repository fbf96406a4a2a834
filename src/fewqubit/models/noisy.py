"""A circuit under noise, simulated exactly: the same model, as a device that never tires runs it.

Readings are those of the density matrix after the gates that the device has, on the qubits that
it gives them; so is a kernel entry, of U(x) and then U†(x′) as one circuit, a density matrix for
each pair. Everything has derivatives.
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
from fewqubit.states.readouts import READOUTS, Operator, Symbol, primes, zero_operator

Reading = Callable[[Array, Array], Float[Array, " readings"]]


def under_noise(circuit: Circuit, exact: Body, entanglers: bool = True) -> Body:
    """``exact``, the body of ``circuit``, under ``circuit.noise``; built at its first use.

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
        zeros = zero_operator(circuit.n_qubits)
        return _readings(placed(pair, circuit.noise), zeros, both, kept)

    def apply(theta: Params, angles: Float[Array, " angles"]) -> Float[Array, " D"]:
        return jnp.concatenate([angles, theta])

    def read(features: Float[Array, " D"]) -> Float[Array, " readings"]:
        return reading()(features[:n_inputs], features[n_inputs:])

    def entry(a: Float[Array, " D"], b: Float[Array, " D"]) -> Float[Array, ""]:
        angles = jnp.concatenate([a[:n_inputs], b[:n_inputs]])
        return fidelity()(angles, a[n_inputs:])[0]

    def kernel(a: Float[Array, "a D"], b: Float[Array, "b D"]) -> Float[Array, "a b"]:
        if not (len(a) and len(b)):
            return jnp.zeros((len(a), len(b)))
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
