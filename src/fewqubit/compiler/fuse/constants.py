"""Groups without parameters are multiplied out while compiling."""

import numpy as np

from fewqubit.compiler.fuse.groups import Group, Layer, Monomial
from fewqubit.compiler.fuse.items import Dense
from fewqubit.compiler.fuse.runs import is_constant, matrix


def is_constant_group(group: Group) -> bool:
    """Whether the group depends on no parameter."""
    match group:
        case Layer(runs=runs):
            return all(is_constant(run) for run in runs.values())
        case Monomial(terms=terms):
            return not terms
        case _:
            return True


def apply_constant(group: Group, psi: np.ndarray, n_qubits: int) -> np.ndarray:
    """A constant group on states [2**n, ...], in double precision."""
    match group:
        case Layer(runs=runs):
            for qubit, run in runs.items():
                psi = _apply_matrix(matrix(run), (qubit,), psi, n_qubits)
            return psi
        case Monomial(source=source, constant=constant):
            return psi[source] * constant.reshape(-1, *[1] * (psi.ndim - 1))
        case Dense(matrix=dense, qubits=qubits):
            return _apply_matrix(dense, qubits, psi, n_qubits)


def _apply_matrix(
    dense: np.ndarray, qubits: tuple[int, ...], psi: np.ndarray, n_qubits: int
) -> np.ndarray:
    axes = [n_qubits - 1 - qubit for qubit in reversed(qubits)]
    front = list(range(len(axes)))
    tensor = np.moveaxis(psi.reshape((2,) * n_qubits + psi.shape[1:]), axes, front)
    product = (dense @ tensor.reshape(len(dense), -1)).reshape(tensor.shape)
    return np.moveaxis(product, front, axes).reshape(psi.shape)
