"""What all kernels here share: something is read from the state of each row, once for each row."""

from collections.abc import Sequence

import jax
import numpy as np
from jaxtyping import Float
from qiskit.circuit import Parameter
from qiskit_machine_learning.kernels import BaseKernel, TrainableKernel

from fewqubit.base.io.numbers import real_numbers
from fewqubit.errors import CircuitError
from fewqubit.qiskit_ml.compiled import Compiled, Readout, Rows
from fewqubit.states.gram_blocks import Cross, cross_in_blocks, gram_in_blocks


class RowKernel(BaseKernel):
    """A kernel K(x, y) = k(r(x), r(y)): a similarity k of what a readout r sees of the states.

    Inputs are the feature map's parameters in Qiskit's order, those that are trained left out.
    """

    _readout: Readout
    _similarity: Cross
    _num_features: int
    _compiled: Compiled | None = None

    def __call__(
        self, X: Float[np.ndarray, "..."], Y: Float[np.ndarray, "..."] | None = None
    ) -> Float[np.ndarray, "m n"]:
        """``evaluate``, as scikit-learn calls a kernel: ``SVC(kernel=kernel)``."""
        kernel: Float[np.ndarray, "m n"] = self.evaluate(X, Y)
        return kernel

    def _checked(
        self, x_vec: Float[np.ndarray, "..."], y_vec: Float[np.ndarray, "..."] | None
    ) -> tuple[Rows, Rows | None]:
        """Rows of both; None for the second where it is the first.

        A feature map that the library resized to the rows is compiled anew. Raises ``DataError``
        for an entry that is no finite number, ``CircuitError`` for a map without inputs.
        """
        if self._num_features == 0 and self._feature_map.num_qubits:
            raise CircuitError(
                f"feature map '{self._feature_map.name}' has no inputs, so all rows would look "
                "alike; leave some of its parameters to the rows"
            )
        left = real_numbers(x_vec, "x_vec")
        right = None if y_vec is None else real_numbers(y_vec, "y_vec")
        try:
            x, y = self._validate_input(left, right)
        except ValueError as error:  # the library's message has several lines
            raise ValueError(" ".join(str(error).split())) from None
        if x.shape[1] != self._num_features:
            self._num_features, self._compiled = x.shape[1], None
        return x, None if y is None or np.array_equal(x, y) else y

    def _read(self, x: Rows) -> np.ndarray:
        """r(x) of every row: [N, ...]."""
        trained, theta = self._trained()
        if self._compiled is None:
            inputs = [p for p in self._feature_map.parameters if p not in trained]
            self._compiled = Compiled(self._feature_map, inputs, trained, self._readout)
        return self._compiled.values(x, theta)

    def _compare(self, x: Rows, y: Rows | None) -> Float[np.ndarray, "m n"]:
        """The kernel between the rows of both, or of ``x`` with themselves, in bounded memory."""
        left = self._read(x)
        right = left if y is None else self._read(y)
        kernel = np.empty((len(left), len(right)))
        with jax.enable_x64(True):
            if y is None:
                return gram_in_blocks(self._similarity, left, kernel)
            return cross_in_blocks(self._similarity, left, right, kernel)

    def _trained(self) -> tuple[Sequence[Parameter], Float[np.ndarray, " weights"]]:
        """The trained parameters and their values; an unbound one is the library's error."""
        if not isinstance(self, TrainableKernel):
            return (), np.zeros(0)
        self._check_trainable_parameters()
        values = real_numbers(self.parameter_values, "the training parameters")
        return list(self.training_parameters), values
