"""Checks around every backend: inputs and outputs are finite numbers of the right sizes."""

from collections.abc import Sequence

import jax
import numpy as np
from jaxtyping import Array, PRNGKeyArray
from qiskit.quantum_info import SparsePauliOp

from fewqubit.backends.contract import Estimate, Evaluator, Rows, Weights
from fewqubit.base.io.numbers import check_results, real_numbers
from fewqubit.errors import CircuitError


def guarded(evaluator: Evaluator, sizes: tuple[int, int], traceable: bool = False) -> Evaluator:
    """``evaluator`` of a circuit with ``sizes`` inputs and weights, behind its checks.

    ``traceable``: JAX may trace it; values are then unknown and are not checked. Raises
    ``DataError`` for an entry that is no finite number, and ``CircuitError`` for rows of another
    size, for values that are not finite, and for jit, vmap or grad where shots are drawn.
    """

    def gram(x: Rows, theta: Weights, key: PRNGKeyArray) -> Estimate:
        x, theta = checked(x, "x"), checked(theta, "θ")
        return _finite(evaluator.gram(x, theta, key), "its fidelity to some row")

    def cross(left: Rows, right: Rows, theta: Weights, key: PRNGKeyArray) -> Estimate:
        left, right, theta = checked(left, "left"), checked(right, "right"), checked(theta, "θ")
        return _finite(evaluator.cross(left, right, theta, key), "its fidelity to some row")

    def expectations(
        x: Rows, theta: Weights, operators: Sequence[SparsePauliOp], key: PRNGKeyArray
    ) -> Estimate:
        x, theta = checked(x, "x"), checked(theta, "θ")
        return _finite(evaluator.expectations(x, theta, operators, key), "some expectation")

    def checked(values: Array, name: str) -> Array:
        if isinstance(values, jax.core.Tracer):
            if not traceable:
                raise CircuitError(
                    "shots are drawn outside of JAX, so this backend knows no jit, vmap or grad; "
                    "call it with arrays, take its gradient by fewqubit.backends.gradients, or "
                    "choose backend: exact"
                )
        else:
            numbers = real_numbers(values, name)
            values = values if isinstance(values, jax.Array) else numbers
        rows = name != "θ"
        expected = sizes[0] if rows else sizes[1]
        if np.ndim(values) != 1 + rows or np.shape(values)[-1] != expected:
            raise CircuitError(
                f"{name}: expected {'rows of ' if rows else ''}{expected} values, one for each of "
                f"the circuit's parameters, got shape {np.shape(values)}"
            )
        return values

    return Evaluator(gram, cross, expectations)


def _finite(estimate: Estimate, name: str) -> Estimate:
    if not isinstance(estimate.values, jax.core.Tracer):
        check_results(np.asarray(estimate.values), name)
    return estimate
