"""A backend that runs circuits on a machine: a simulator with shots and noise, or a device.

    |⟨0|U†(x′)U(x)|0⟩|² is the share of 0…0 after U(x), then U†(x′)

Every circuit is built and transpiled at its first use; later calls only bind its parameters.
"""

from collections.abc import Sequence
from functools import cached_property

import jax.numpy as jnp
import numpy as np
from jaxtyping import Float, PRNGKeyArray
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector
from qiskit.quantum_info import SparsePauliOp

from fewqubit.backends.contract import Backend, Estimate, Evaluator, Rows, Weights
from fewqubit.backends.device import Device
from fewqubit.backends.guard import guarded
from fewqubit.backends.jobs import Jobs
from fewqubit.backends.machine import Machine
from fewqubit.backends.outcomes import all_zeros, parities
from fewqubit.backends.pairs import gram_of_pairs, pairs_above
from fewqubit.backends.pauli_groups import basis_change, grouped
from fewqubit.backends.procedure import Procedure, Request, carry_out, draw_up_procedure
from fewqubit.backends.template import Columns, check_size, transpiler
from fewqubit.circuits.from_zero import without_resets
from fewqubit.circuits.parameters import renamed, vector
from fewqubit.compiler.parse.instructions import parse


def on_machine(machine: Machine, settings: Device) -> Backend:
    """The backend of ``machine``; Gram entries and expectations each from shots of their own."""

    def backend(circuit: QuantumCircuit) -> Evaluator:
        runs = _CircuitRuns(circuit, machine, settings)
        sizes = len(vector(circuit, "x")), len(vector(circuit, "θ"))
        return guarded(Evaluator(runs.gram, runs.cross, runs.expectations), sizes)

    return backend


def overlap(circuit: QuantumCircuit, primed: Sequence[Parameter]) -> QuantumCircuit:
    """U(x), then U†(x′), whose inputs are ``primed``."""
    return circuit.compose(renamed(circuit, vector(circuit, "x"), primed).inverse())


class _CircuitRuns:
    """The circuits made of one circuit U(x, θ), and what they measure."""

    def __init__(self, circuit: QuantumCircuit, machine: Machine, settings: Device) -> None:
        self._inputs, self._weights = vector(circuit, "x"), vector(circuit, "θ")
        parse(circuit, self._inputs, self._weights)  # names what is no unitary circuit of these
        check_size(circuit, machine, settings.layout)
        self._circuit, self._settings = without_resets(circuit), settings
        self._passes = transpiler(machine, settings)
        self._jobs = Jobs(machine, settings)
        self._primed = list(ParameterVector("x′", len(self._inputs)))
        self._readings: dict[str, Procedure] = {}

    def gram(self, x: Rows, theta: Weights, key: PRNGKeyArray) -> Estimate:
        i, j = pairs_above(len(x))
        x = np.asarray(x)
        values, bill = self._fidelities(x[i], x[j], theta, key)
        return Estimate(gram_of_pairs(values, len(x)), bill)

    def cross(self, left: Rows, right: Rows, theta: Weights, key: PRNGKeyArray) -> Estimate:
        i, j = (index.ravel() for index in np.indices((len(left), len(right))))
        values, bill = self._fidelities(np.asarray(left)[i], np.asarray(right)[j], theta, key)
        return Estimate(jnp.asarray(values.reshape(len(left), len(right))), bill)

    def expectations(
        self, x: Rows, theta: Weights, operators: Sequence[SparsePauliOp], key: PRNGKeyArray
    ) -> Estimate:
        n_qubits, n_rows = self._circuit.num_qubits, len(x)
        groups, constants = grouped(operators, n_qubits)
        columns = {**_columns(self._inputs, x), **self._fixed(theta, n_rows)}
        requests = [
            Request(self._reading(group.basis), parities(group.masks, n_qubits)) for group in groups
        ]
        means, bill = carry_out(requests, columns, n_rows, self._jobs, key)
        values = np.tile(constants, (n_rows, 1))
        for part, group in zip(means, groups, strict=True):
            values += part @ group.coefficients
        return Estimate(jnp.asarray(values), bill)

    def _fidelities(
        self, x: np.ndarray, primed: np.ndarray, theta: Weights, key: PRNGKeyArray
    ) -> Estimate:
        """|⟨ψ(x)|ψ(x′)⟩|² row by row."""
        columns = {
            **_columns(self._inputs, x),
            **_columns(self._primed, primed),
            **self._fixed(theta, len(x)),
        }
        request = Request(self._overlap, all_zeros(self._circuit.num_qubits))
        [values], bill = carry_out([request], columns, len(x), self._jobs, key)
        return Estimate(values[:, 0], bill)

    @cached_property
    def _overlap(self) -> Procedure:
        """U(x), then U†(x′)."""
        return self._procedure(overlap(self._circuit, self._primed))

    def _reading(self, basis: str) -> Procedure:
        """U(x), then the rotations to ``basis``."""
        if basis not in self._readings:
            self._readings[basis] = self._procedure(self._circuit.compose(basis_change(basis)))
        return self._readings[basis]

    def _procedure(self, circuit: QuantumCircuit) -> Procedure:
        return draw_up_procedure(circuit, self._passes, self._settings)

    def _fixed(self, theta: Weights, n_rows: int) -> Columns:
        """θ, the same in every row."""
        return _columns(self._weights, np.tile(np.asarray(theta), (n_rows, 1)))


def _columns(parameters: Sequence[Parameter], rows: Float[np.ndarray, "rows p"]) -> Columns:
    return dict(zip(parameters, np.asarray(rows, float).T, strict=True))
