"""Outcome probabilities of a circuit as a network of qiskit-machine-learning."""

from collections.abc import Callable, Sequence
from functools import partial

import jax
import numpy as np
from jaxtyping import Array, Int
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.primitives import BaseSamplerV2, PrimitiveResult, SamplerPubResult
from qiskit.transpiler.passmanager import BasePassManager
from qiskit_machine_learning import QiskitMachineLearningError
from qiskit_machine_learning.gradients import BaseSamplerGradient
from qiskit_machine_learning.neural_networks import SamplerQNN

from fewqubit.qiskit_ml import passes
from fewqubit.qiskit_ml.compiled import Compiled, Rows, Weights
from fewqubit.qiskit_ml.measured import outcomes, split
from fewqubit.states.observables import probabilities

Interpret = Callable[[int], int | tuple[int, ...]]


class SamplerNetwork(passes.CheckedNetwork, SamplerQNN):
    """``SamplerQNN``, whose probabilities and their derivatives are exact and compiled.

        f_k(x, θ) = Σ_{b: interpret(b) = k} |⟨b|ψ(x, θ)⟩|²,      ∂f/∂x and ∂f/∂θ by JAX

    A ``sampler`` or ``gradient`` that is given, or set later, does what it does in the library.
    ``sparse`` makes COO arrays of the results; it needs the package of that name. Raises what the
    library raises. The first pass, which compiles, raises ``QiskitMachineLearningError`` if
    ``interpret`` leaves the output shape, and ``CircuitError`` for a gate after a measurement.
    """

    _compiled: Compiled | None = None

    def __init__(
        self,
        *,
        circuit: QuantumCircuit,
        sampler: BaseSamplerV2 | None = None,
        input_params: Sequence[Parameter] | None = None,
        weight_params: Sequence[Parameter] | None = None,
        sparse: bool = False,
        interpret: Interpret | None = None,
        output_shape: int | tuple[int, ...] | None = None,
        gradient: BaseSamplerGradient | None = None,
        input_gradients: bool = False,
        pass_manager: BasePassManager | None = None,
    ) -> None:
        super().__init__(
            circuit=circuit,
            sampler=sampler,
            input_params=input_params,
            weight_params=weight_params,
            sparse=sparse,
            interpret=interpret,
            output_shape=output_shape,
            gradient=gradient,
            input_gradients=input_gradients,
            pass_manager=pass_manager,
        )
        if sampler is None:
            self.sampler, self.gradient = None, gradient

    def set_interpret(
        self,
        interpret: Interpret | None = None,
        output_shape: int | tuple[int, ...] | None = None,
    ) -> None:
        """As in the library; what the outcomes mean is compiled in, and so is compiled anew."""
        super().set_interpret(interpret, output_shape)
        self._compiled = None

    def _exact(self) -> Compiled:
        if self._compiled is None:
            unitary, bits = split(self._org_circuit)
            places = self._places(outcomes(bits, unitary.num_qubits))
            readout = partial(_interpreted, places=places, shape=self._output_shape)
            self._compiled = Compiled(unitary, self._input_params, self._weight_params, readout)
        return self._compiled

    def _places(self, outcome: Int[np.ndarray, " 2**n"]) -> Int[np.ndarray, " 2**n"]:
        """Where in the flat output the probability of each basis state belongs."""
        read, which = np.unique(outcome, return_inverse=True)
        places = []
        for value in read.tolist():
            index = np.atleast_1d(self._interpret(value))
            if len(index) != len(self._output_shape) or not np.all(
                (index >= 0) & (index < self._output_shape)
            ):
                raise QiskitMachineLearningError(
                    f"outcome {value} is interpreted as {index.tolist()}, "
                    f"which is no index into output_shape {self._output_shape}"
                )
            places.append(np.ravel_multi_index(tuple(index), self._output_shape))
        return np.asarray(places)[which]

    def _forward(self, input_data: Rows | None, weights: Weights | None) -> np.ndarray | None:
        if self.sampler is not None:
            return super()._forward(input_data, weights)
        return self._as_output(passes.forward(self, self._exact(), input_data, weights))

    def _backward(
        self, input_data: Rows | None, weights: Weights | None
    ) -> tuple[np.ndarray | None, np.ndarray | None]:
        if self.gradient is not None:
            self._refuse_layout()
            return super()._backward(input_data, weights)
        by_input, by_weight = passes.backward(self, self._exact(), input_data, weights)
        return self._as_output(by_input), self._as_output(by_weight)

    def _postprocess(
        self, num_samples: int, result: PrimitiveResult[SamplerPubResult]
    ) -> np.ndarray | None:
        """Shares of what a measured circuit's classical bits read, on whichever qubits these lie.

        The library would look for the layout's qubits among the classical bits, take the register
        "meas" only, and add up the rows of any other.
        """
        if not self._org_circuit.clbits:
            return super()._postprocess(num_samples, result)
        read = result[0].join_data()
        output = np.zeros((num_samples, *self._output_shape))
        for row in range(num_samples):
            counts = read.get_int_counts(row)
            places = self._places(np.array([*counts]))
            shares = np.array([*counts.values()]) / sum(counts.values())
            np.add.at(output[row].reshape(-1), places, shares)
        return self._as_output(output)

    def _refuse_layout(self) -> None:
        """The library's gradients read a circuit that it measures itself by its physical qubits."""
        circuit = self._org_circuit
        if circuit.layout is not None and not circuit.clbits:
            raise QiskitMachineLearningError(
                "expected a circuit that was measured before it was transpiled, got one without "
                "measurements whose layout a sampler's gradient does not know; measure it first, "
                "or leave sampler and gradient out: derivatives are exact then"
            )

    def _as_output(self, array: np.ndarray | None) -> np.ndarray | None:
        if not self._sparse or array is None:
            return array
        from sparse import COO  # type: ignore[import-not-found]

        return COO.from_numpy(array)


def _interpreted(state: Array, places: Int[np.ndarray, " 2**n"], shape: tuple[int, ...]) -> Array:
    """Probabilities, summed over the basis states that mean the same."""
    sums = jax.ops.segment_sum(probabilities(state), places, int(np.prod(shape)))
    return sums.reshape(shape)
