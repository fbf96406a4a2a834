"""A circuit and what is read from its state, as functions of many rows.

Double precision, as everywhere in qiskit-machine-learning; 64-bit numbers are switched on for these
calls alone, never for the caller's own JAX code.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Self, TypeAlias
from uuid import uuid4
from weakref import WeakValueDictionary

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter

from fewqubit.base.io.numbers import check_results
from fewqubit.qiskit_ml.batches import batches, padded
from fewqubit.qiskit_ml.initialized import state_function

Readout: TypeAlias = Callable[[Array], Array]
Rows: TypeAlias = Float[np.ndarray, "N inputs"]
Weights: TypeAlias = Float[np.ndarray, " weights"]

BATCH_AMPLITUDES = 2**18  # 4 MB of states at once, some hundred to differentiate a deep circuit


class Compiled:
    """f(x, θ) = readout(|ψ(x, θ)⟩) for rows of x and one θ, and its Jacobians.

    A copy is the object itself, for nothing in it changes: scikit-learn, which copies estimators
    for every fold, compiles once. A pickle holds the circuit and the readout; it is compiled again
    in another process, once, and is the object itself in this one. Raises ``CircuitError`` for what
    is no unitary circuit of these parameters, and for values that are not finite.
    """

    def __init__(
        self,
        circuit: QuantumCircuit,
        inputs: Sequence[Parameter],
        weights: Sequence[Parameter],
        readout: Readout,
    ) -> None:
        self._parts = (circuit, tuple(inputs), tuple(weights), readout)
        self._name = uuid4().hex
        with jax.enable_x64(True):
            state = state_function(circuit, inputs, weights)

        def function(x: Array, theta: Array) -> Array:
            return readout(state(x, theta))

        @partial(jax.jit, static_argnums=2)
        def jacobians(x: Array, theta: Array, wrt: tuple[int, ...]) -> tuple[Array, ...]:
            outputs, parameters = self._sizes(wrt)
            differentiate = jax.jacrev if outputs <= parameters else jax.jacfwd
            return jax.vmap(differentiate(function, wrt), (0, None))(x, theta)

        self._function = function
        self._values = jax.jit(jax.vmap(function, (0, None)))
        self._jacobians = jacobians

    def values(self, x: Rows, theta: Weights) -> np.ndarray:
        """f of every row: [N, *output]."""
        (values,) = self._in_batches(
            lambda rows: (self._values(rows, theta),), x, 1, "what the circuit gives"
        )
        return values

    def jacobians(self, x: Rows, theta: Weights, wrt: tuple[int, ...]) -> tuple[np.ndarray, ...]:
        """∂f/∂x for a 0 in ``wrt``, ∂f/∂θ for a 1: each [N, *output, parameters]."""
        with jax.enable_x64(True):
            passes = min(self._sizes(wrt))
        return self._in_batches(
            lambda rows: self._jacobians(rows, theta, wrt), x, passes, "the derivative"
        )

    def _sizes(self, wrt: tuple[int, ...]) -> tuple[int, int]:
        """How many numbers f has, and how many it is differentiated by."""
        parameters = self._parts[1:3]
        shapes = [jax.ShapeDtypeStruct((len(part),), jnp.float64) for part in parameters]
        output = jax.eval_shape(self._function, *shapes)
        return output.size, sum(len(parameters[place]) for place in wrt)

    def _in_batches(
        self, function: Callable[[Rows], tuple[Array, ...]], x: Rows, passes: int, what: str
    ) -> tuple[np.ndarray, ...]:
        """``function`` of all rows, in batches that hold ``passes`` states for each row."""
        states = BATCH_AMPLITUDES // max(1, passes) >> self._parts[0].num_qubits
        parts = []
        with jax.enable_x64(True):
            for some in batches(len(x), 1 << max(0, states.bit_length() - 1)):
                result = function(padded(x[some]))
                parts.append([np.asarray(array)[: len(x[some])] for array in result])
        results = tuple(np.concatenate(arrays) for arrays in zip(*parts, strict=True))
        for array in results:
            check_results(array, what)
        return results

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self

    def __copy__(self) -> Self:
        return self

    def __reduce__(self) -> tuple[Callable[..., "Compiled"], tuple[Any, ...]]:
        _ALIVE[self._name] = self
        return _again, (self._name, self._parts)


_ALIVE: WeakValueDictionary[str, Compiled] = WeakValueDictionary()  # those that were pickled


def _again(name: str, parts: tuple[Any, ...]) -> Compiled:
    """The object that was pickled as ``name`` if it lives here, else one made of ``parts``."""
    if name not in _ALIVE:
        made = Compiled(*parts)
        made._name = name
        _ALIVE[name] = made
        return made
    return _ALIVE[name]
