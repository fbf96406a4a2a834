"""The encode stage: the states of all rows under a feature map, and diagnostics of its kernel."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Complex, Float, Int, PRNGKeyArray
from qiskit import QuantumCircuit

from fewqubit.base.io.numbers import check_results, real_numbers
from fewqubit.compiler.compiled import CompiledCircuit, compile_circuit, random_weights
from fewqubit.diagnostics.figures import Diagnostics, diagnose
from fewqubit.diagnostics.scans import RowSample
from fewqubit.errors import SettingsError
from fewqubit.states.kernels import fidelity_gram, projected_features
from fewqubit.states.scaling import Scaling, apply_scaling, fit_scaling

CHUNK_AMPLITUDES = 2**20  # 8 MB of states at once, and ten times that to compute them
MAX_STORED_BYTES = 2**32
_DIAGNOSED_ROWS = 400


class Encoded(NamedTuple):
    """A data set encoded by a feature map.

    scaling, theta:  scaling of the map's inputs, and its weights; the same for every row
    states:          [N, 2**n], complex64
    projected:       [N, n, 3], Bloch vectors of the one-qubit reduced states
    sample:          inputs and classes of some meta-train rows, sorted by class
    gram:            fidelity kernel of the sample
    diagnostics:     figures of the sample
    """

    scaling: Scaling
    theta: Float[np.ndarray, " weights"]
    states: Complex[np.ndarray, "N 2**n"]
    projected: Float[np.ndarray, "N n 3"]
    sample: RowSample
    gram: Float[np.ndarray, "rows rows"]
    diagnostics: Diagnostics


def encode(
    circuit: QuantumCircuit,
    x: Float[np.ndarray, "N *feature"],
    y: Int[np.ndarray, " N"],
    meta_train: list[int],
    key: PRNGKeyArray,
    report: Callable[[int], None],
) -> Encoded:
    """Encode every row of ``x``; scaling and diagnostics use only rows of ``meta_train`` classes.

    Weights of a trainable map are drawn once, uniform in (-π, π). ``report`` is called with the
    number of rows done. Raises ``SettingsError`` if features are too few or the states too many,
    ``DataError`` for a feature that is not finite, and ``CircuitError`` for a row without a state.
    """
    compiled = compile_circuit(circuit)
    _check_size(len(x), compiled.n_qubits)
    rows, taught = x.reshape(len(x), -1), np.isin(y, meta_train)
    if not np.isfinite(rows).all():
        real_numbers(rows, "examples")  # says where
    scaling = fit_scaling(rows[taught], compiled.n_inputs)
    theta = random_weights(compiled, key)
    states = np.empty((len(x), 2**compiled.n_qubits), np.complex64)
    projected = np.empty((len(x), compiled.n_qubits, 3), np.float32)
    for part, psi, bloch in _encode_chunks(compiled, scaling, theta, rows):
        check_results(psi, "its state", part.start)
        states[part], projected[part] = psi, bloch
        report(part.stop)
    some = evenly_spaced_rows(y, meta_train, _DIAGNOSED_ROWS)
    sample = RowSample(apply_scaling(scaling, rows[some]), y[some])
    gram = jax.jit(fidelity_gram)(states[some])
    figures = diagnose(gram, sample.labels, sample.inputs, projected[some])
    return Encoded(scaling, np.asarray(theta), states, projected, sample, np.asarray(gram), figures)


def _encode_chunks(
    compiled: CompiledCircuit, scaling: Scaling, theta: Array, rows: Float[np.ndarray, "N f"]
) -> Iterator[tuple[slice, np.ndarray, np.ndarray]]:
    """States and Bloch vectors, chunk by chunk, so that memory does not grow with the rows."""

    @jax.jit
    def encode_chunk(inputs: Array) -> tuple[Array, Array]:
        states = compiled.states(inputs, theta)
        return states, projected_features(states)

    size = min(len(rows), max(1, CHUNK_AMPLITUDES >> compiled.n_qubits))
    for start in range(0, len(rows), size):
        part = slice(start, min(start + size, len(rows)))
        count = part.stop - start
        inputs = np.zeros((size, compiled.n_inputs), np.float32)  # one shape, one compilation
        inputs[:count] = apply_scaling(scaling, rows[part])
        states, bloch = encode_chunk(jnp.asarray(inputs))
        yield part, np.asarray(states)[:count], np.asarray(bloch)[:count]


def evenly_spaced_rows(y: Int[np.ndarray, " N"], classes: list[int], limit: int) -> np.ndarray:
    """About ``limit`` evenly spaced rows, the same number from each class, sorted by class.

    Each class gives at least two rows; with more than ``limit // 2`` classes only the first count.
    """
    each = max(2, limit // len(classes))
    chosen = []
    for label in sorted(classes)[: limit // 2]:
        rows = np.flatnonzero(y == label)
        chosen.append(rows[np.linspace(0, len(rows) - 1, min(each, len(rows))).astype(int)])
    return np.concatenate(chosen)


def _check_size(n_rows: int, n_qubits: int) -> None:
    wanted = n_rows * 2**n_qubits * 8
    if wanted > MAX_STORED_BYTES:
        raise SettingsError(
            f"{n_rows} states of {n_qubits} qubits take {wanted / 2**30:.1f} GiB, more than the "
            f"{MAX_STORED_BYTES / 2**30:.0f} GiB that are stored; choose fewer qubits or rows"
        )
