"""Barren plateaus: does a random start have a gradient to follow?"""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from fewqubit.compiler.compiled import CompiledCircuit
from fewqubit.diagnostics.batches import batched
from fewqubit.states.observables import pauli_z_expectations


def gradient_variance(
    circuit: CompiledCircuit, key: PRNGKeyArray, samples: int
) -> Float[Array, ""]:
    """max_k Var[∂⟨Z_0⟩/∂θ_k] over random parameters: the steepest parameter's.

    McClean et al., 1803.11173: exponentially small in the qubits for circuits that are nearly
    2-designs. The derivatives are those of the weights or, in a map without weights, of the inputs,
    through which an encoder is trained.
    """

    def readout(x: Array, theta: Array) -> Array:
        return pauli_z_expectations(circuit.state(x, theta))[0]

    slope = jax.grad(readout, argnums=1 if circuit.n_weights else 0)
    drawn = draw_parameters(circuit, key, samples)
    slopes = batched(lambda row: slope(*row), circuit.n_qubits)(drawn)
    return jnp.max(jnp.var(slopes, axis=0))


def draw_parameters(
    circuit: CompiledCircuit, key: PRNGKeyArray, samples: int
) -> tuple[Float[Array, "samples inputs"], Float[Array, "samples weights"]]:
    """Inputs of deviation 1, as the encode stage makes them, and weights uniform in (-π, π)."""
    key_x, key_theta = jax.random.split(key)
    x = jax.random.normal(key_x, (samples, circuit.n_inputs))
    shape = (samples, circuit.n_weights)
    return x, jax.random.uniform(key_theta, shape, minval=-jnp.pi, maxval=jnp.pi)
