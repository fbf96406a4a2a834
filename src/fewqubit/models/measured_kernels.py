"""Kernels measured on a backend, for each geometry of the settings; in numpy.

fidelity    share of 0…0 of each pair's circuit
projected   Bloch vectors of each row, from three bases; compared afterwards
hamming     every outcome of each pair's two circuits (``hamming``)
"""

from collections.abc import Callable

import numpy as np
from jaxtyping import PRNGKeyArray

from fewqubit.backends import Backend, Estimate, Evaluator, total
from fewqubit.backends.circuits import overlap
from fewqubit.circuits.circuit import Circuit
from fewqubit.circuits.parameters import renamed, vector
from fewqubit.states.kernels import projected_cross
from fewqubit.states.readouts import Drawn, bloch_operators, flip_operator, inputs_of, primes

Rows = np.ndarray  # [N, inputs]
# (left, right or None for left itself, θ, key) -> entries and their bill
Kernel = Callable[[Rows, Rows | None, np.ndarray, PRNGKeyArray], Estimate]


def measured_kernel(
    settings: Circuit, circuit: Drawn, backend: Backend, evaluator: Evaluator
) -> Kernel:
    """The kernel of ``circuit``, which ``evaluator`` prepares on ``backend``."""
    if settings.geometry == "projected":
        return _projected(settings, circuit, evaluator)
    if settings.geometry == "hamming":
        return _hamming(settings, circuit, backend)
    return _fidelity(evaluator)


def _fidelity(evaluator: Evaluator) -> Kernel:
    def kernel(left: Rows, right: Rows | None, theta: np.ndarray, key: PRNGKeyArray) -> Estimate:
        if right is None:
            return evaluator.gram(left, theta, key)
        return evaluator.cross(left, right, theta, key)

    return kernel


def _projected(settings: Circuit, circuit: Drawn, evaluator: Evaluator) -> Kernel:
    operators = bloch_operators(circuit.num_qubits)

    def kernel(left: Rows, right: Rows | None, theta: np.ndarray, key: PRNGKeyArray) -> Estimate:
        rows = left if right is None else np.concatenate([left, right])
        values, bill = evaluator.expectations(rows, theta, operators, key)
        bloch = np.asarray(values).reshape(len(rows), -1, 3)
        one, other = bloch[: len(left)], bloch if right is None else bloch[len(left) :]
        return Estimate(projected_cross(one, other, settings.gamma), bill)

    return kernel


def _hamming(settings: Circuit, circuit: Drawn, backend: Backend) -> Kernel:
    primed = primes(len(vector(circuit, "x")))
    both = [*vector(circuit, "x"), *primed]
    evaluator = backend(renamed(overlap(circuit, primed), both, inputs_of(len(both))))
    worth = flip_operator(circuit.num_qubits, settings.flip_weight)

    def kernel(left: Rows, right: Rows | None, theta: np.ndarray, key: PRNGKeyArray) -> Estimate:
        other = left if right is None else right
        i, j = np.triu_indices(len(left), 1) if right is None else _every(left, other)
        there = np.concatenate([left[i], other[j]], axis=1)
        back = np.concatenate([other[j], left[i]], axis=1)
        values, bill = evaluator.expectations(np.concatenate([there, back]), theta, worth, key)
        means = np.asarray(values)[:, 0].reshape(2, -1).mean(axis=0)
        entries = np.eye(len(left), len(other))
        entries[i, j] = means
        if right is None:
            entries[j, i] = means
        return Estimate(entries, total([bill]))

    return kernel


def _every(left: Rows, right: Rows) -> tuple[np.ndarray, np.ndarray]:
    rows, columns = np.indices((len(left), len(right)))
    return rows.ravel(), columns.ravel()
