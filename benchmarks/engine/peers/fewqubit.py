"""Fewqubit: Qiskit circuits, compiled."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from benchmarks.engine.peers.jax_works import jax_works
from benchmarks.engine.works import expectation_gradient, meta_step, qaoa
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.quantum_info import SparsePauliOp

from fewqubit.circuits.ansatze import ANSATZE
from fewqubit.circuits.feature_maps import FEATURE_MAPS
from fewqubit.compiler.compiled import compile_circuit, vector
from fewqubit.starts.families.maxcut import maxcut
from fewqubit.starts.landscape import Landscape, landscape
from fewqubit.starts.settings.ansatze import Qaoa
from fewqubit.states.light_cone import compile_expectations
from fewqubit.states.observables import pauli_z_expectations


def _zz(n: int) -> Callable[..., Any]:
    compiled = compile_circuit(FEATURE_MAPS["zz"](n, 2, 1.0))
    return lambda x: compiled.states(x, ())


def _hardware_efficient(n: int, read: Sequence[int]) -> Callable[..., Any]:
    ansatz = ANSATZE["hardware_efficient"](n, expectation_gradient.LAYERS)
    circuit = FEATURE_MAPS["angle"](n, 1, 1.0).compose(ansatz)
    terms = [("Z", [qubit], 1 / len(read)) for qubit in read]
    mean = SparsePauliOp.from_sparse_list(terms, n)
    found = compile_expectations(circuit, [mean], vector(circuit, "x"), vector(circuit, "θ"))
    return lambda x, theta: found(x, theta)[0]


def _ansatz(n: int) -> Callable[..., Any]:
    x, theta = ParameterVector("x", n), ParameterVector("θ", n * meta_step.LAYERS)
    circuit = QuantumCircuit(n)
    for qubit in range(n):
        circuit.ry(x[qubit], qubit)
    for layer in range(meta_step.LAYERS):
        for qubit in range(n):
            circuit.ry(theta[layer * n + qubit], qubit)
        for qubit in range(n - 1):
            circuit.cx(qubit, qubit + 1)
    state = compile_circuit(circuit).state
    return lambda x, theta: pauli_z_expectations(state(x, theta))


def _qaoa(edges: np.ndarray, theta: np.ndarray) -> Callable[[], np.ndarray]:
    """Graphs are problems, stacked; the energy is what starts descend."""
    graphs = [maxcut(edges.max() + 1, [(int(i), int(j), 1.0) for i, j in row]) for row in edges]
    problems = landscape(graphs, solved=False)
    both = jax.vmap(jax.value_and_grad(Qaoa(qaoa.DEPTH).energy()))

    @jax.jit
    def run(theta: jax.Array, problems: Landscape) -> jax.Array:
        value, gradient = both(theta, problems)
        return jnp.concatenate([value[:, None], gradient], 1)

    angles = jnp.asarray(theta)
    return lambda: np.asarray(run(angles, problems))


WORKS = jax_works(_zz, _hardware_efficient, _ansatz) | {"qaoa": _qaoa}
