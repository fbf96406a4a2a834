"""Expectation values of a circuit as a network of qiskit-machine-learning."""

from collections.abc import Sequence
from functools import partial

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.primitives import BaseEstimatorV2
from qiskit.primitives.containers.observables_array import ObservablesArray
from qiskit.quantum_info import SparsePauliOp
from qiskit.quantum_info.operators.base_operator import BaseOperator
from qiskit.transpiler.passmanager import BasePassManager
from qiskit_machine_learning import QiskitMachineLearningError
from qiskit_machine_learning.gradients import BaseEstimatorGradient
from qiskit_machine_learning.neural_networks import EstimatorQNN

from fewqubit.qiskit_ml import passes
from fewqubit.qiskit_ml.compiled import Compiled, Rows, Weights
from fewqubit.states.observables import check_operator, expectation


class EstimatorNetwork(passes.CheckedNetwork, EstimatorQNN):
    """``EstimatorQNN``, whose values and derivatives are exact and compiled.

        f_k(x, θ) = ⟨ψ(x, θ)|M_k|ψ(x, θ)⟩,      ∂f/∂x and ∂f/∂θ by JAX

    An ``estimator`` or ``gradient`` that is given, or set later, does what it does in the library:
    a network is trained exactly, then evaluated on a device. Raises what the library raises,
    ``QiskitMachineLearningError`` for an observable that does not fit the circuit, and
    ``CircuitError`` for a circuit that is not unitary.
    """

    _compiled: Compiled | None = None

    def __init__(
        self,
        *,
        circuit: QuantumCircuit,
        estimator: BaseEstimatorV2 | None = None,
        observables: Sequence[BaseOperator] | BaseOperator | None = None,
        input_params: Sequence[Parameter] | None = None,
        weight_params: Sequence[Parameter] | None = None,
        gradient: BaseEstimatorGradient | None = None,
        input_gradients: bool = False,
        default_precision: float = 0.015625,
        pass_manager: BasePassManager | None = None,
    ) -> None:
        super().__init__(
            circuit=circuit,
            estimator=estimator,
            observables=observables,
            input_params=input_params,
            weight_params=weight_params,
            gradient=gradient,
            input_gradients=input_gradients,
            default_precision=default_precision,
            pass_manager=pass_manager,
        )
        if observables is None and (layout := self._org_circuit.layout) is not None:
            # the library's own is of the first physical qubits, wherever the circuit's are
            self._observables = (SparsePauliOp("Z" * self.num_virtual_qubits).apply_layout(layout),)
        if estimator is None:
            self.estimator, self.gradient = None, gradient
            self._exact()

    def _exact(self) -> Compiled:
        if self._compiled is None:
            operators = [self._read(observable) for observable in self._observables]
            self._compiled = Compiled(
                self._org_circuit,
                self._input_params,
                self._weight_params,
                partial(_expectations, operators=operators),
            )
        return self._compiled

    def _read(self, observable: BaseOperator) -> SparsePauliOp:
        """Whatever an estimator takes as an observable, as a sum of Pauli strings."""
        sparse = ObservablesArray.coerce_observable(observable)
        if sparse.num_qubits != self._org_circuit.num_qubits:
            raise QiskitMachineLearningError(
                f"expected observables of {self._org_circuit.num_qubits} qubits, as the circuit "
                f"has, got one of {sparse.num_qubits}; see SparsePauliOp.apply_layout"
            )
        operator = SparsePauliOp.from_sparse_observable(sparse)
        check_operator(operator, self._org_circuit.num_qubits)
        self._refuse_doubt(operator)
        return operator

    def _refuse_doubt(self, operator: SparsePauliOp) -> None:
        """An observable of as many qubits as before and after a layout may mean either."""
        layout = self._org_circuit.layout
        if layout is None or layout._input_qubit_count != operator.num_qubits:
            return
        if not operator.apply_layout(layout).equiv(operator):
            raise QiskitMachineLearningError(
                "the circuit was transpiled to other qubits, and observables of as many qubits do "
                "not say whether SparsePauliOp.apply_layout was applied; give the circuit as it "
                "was before, whose values are the same"
            )

    def _forward(self, input_data: Rows | None, weights: Weights | None) -> np.ndarray:
        if self.estimator is not None:
            return super()._forward(input_data, weights)
        return passes.forward(self, self._exact(), input_data, weights)

    def _backward(
        self, input_data: Rows | None, weights: Weights | None
    ) -> tuple[np.ndarray | None, np.ndarray | None]:
        if self.gradient is not None:
            return super()._backward(input_data, weights)
        return passes.backward(self, self._exact(), input_data, weights)


def _expectations(state: Array, operators: Sequence[SparsePauliOp]) -> Array:
    return jnp.stack([expectation(state, operator) for operator in operators])
