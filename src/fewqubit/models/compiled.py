"""The circuit that settings describe, as a JAX function: whole, or without entanglers."""

from functools import lru_cache

import jax.numpy as jnp
from jax.typing import DTypeLike

from fewqubit.circuits.ansatze import ANSATZE
from fewqubit.circuits.circuit import Circuit
from fewqubit.circuits.drawn import draw_up
from fewqubit.circuits.feature_maps import FEATURE_MAPS
from fewqubit.circuits.parameters import vector
from fewqubit.circuits.separable import without_entanglers
from fewqubit.compiler.compiled import CompiledCircuit, compile_circuit, compile_vectors


def build_circuit(settings: Circuit, dtype: DTypeLike = jnp.complex64) -> CompiledCircuit:
    """The compiled state C(θ) U(x)|0…0⟩ of ``settings``, or U(x) C(θ)|0…0⟩.

    A circuit of registered parts is compiled once in a process: 256 amplitudes take seconds. One
    from the user's own files or modules is compiled every time, since these may change.
    """
    if settings.feature_map in FEATURE_MAPS and settings.ansatz in ANSATZE:
        return _once(settings, jnp.dtype(dtype))
    return compile_circuit(draw_up(settings), dtype)


@lru_cache(maxsize=16)
def _once(settings: Circuit, dtype: DTypeLike) -> CompiledCircuit:
    return compile_circuit(draw_up(settings), dtype)


def build_separable(
    settings: Circuit, every_weight: bool = False, dtype: DTypeLike = jnp.complex64
) -> CompiledCircuit:
    """The circuit of ``settings`` without entanglers; the number of inputs stays the same.

    Weights that occur only in entanglers are removed with them, unless ``every_weight`` is set.
    """
    drawn = draw_up(settings)
    circuit = without_entanglers(drawn)
    inputs = vector(drawn, "x")
    weights = vector(drawn, "θ")
    if not every_weight:
        weights = [weight for weight in weights if weight in circuit.parameters]
    return compile_vectors(circuit, inputs, weights, dtype)
