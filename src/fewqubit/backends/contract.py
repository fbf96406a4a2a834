"""The contract of every backend: kernels and expectations of a circuit as estimates with a bill."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from jaxtyping import Array, Float, PRNGKeyArray
from qiskit import QuantumCircuit
from qiskit.quantum_info import SparsePauliOp

from fewqubit.states.kernels import class_means

Rows = Float[Array, "N inputs"]
Weights = Float[Array, " weights"]


class Bill(NamedTuple):
    """What an evaluation cost.

    circuits:         circuits run, those of a calibration included
    shots:            shots over all of them; 0: exact
    depth:            of the deepest of them after transpiling; None: nothing was transpiled
    two_qubit_gates:  of the one with the most; None: nothing was transpiled
    """

    circuits: int
    shots: int = 0
    depth: int | None = None
    two_qubit_gates: int | None = None


class Estimate(NamedTuple):
    """Values, and the bill for them."""

    values: Float[Array, "..."]
    bill: Bill


class Evaluator(NamedTuple):
    """A circuit on a backend.

    gram:          (x [N, inputs], θ, key) -> fidelities [N, N], symmetric with unit diagonal
    cross:         (left [M, inputs], right [N, inputs], θ, key) -> fidelities [M, N]
    expectations:  (x [N, inputs], θ, operators, key) -> ⟨M_k⟩ [N, operators]

    Every shot of a simulation comes from ``key``: the same key gives the same values, whatever was
    evaluated before. A device adds its own randomness. Estimates from shots are unbiased, so a Gram
    matrix of them may have negative eigenvalues; callers may apply ``kernels.nearest_psd``.
    """

    gram: Callable[[Rows, Weights, PRNGKeyArray], Estimate]
    cross: Callable[[Rows, Rows, Weights, PRNGKeyArray], Estimate]
    expectations: Callable[[Rows, Weights, Sequence[SparsePauliOp], PRNGKeyArray], Estimate]


Backend = Callable[[QuantumCircuit], Evaluator]


def class_fidelities(
    evaluator: Evaluator,
    queries: Rows,
    support: Rows,
    membership: Float[Array, "s c"],
    theta: Weights,
    key: PRNGKeyArray,
) -> Estimate:
    """F_kc = ⟨φ_k|ρ_c|φ_k⟩, [queries, classes]: fidelity of every query to every class state.

    ``membership`` holds one-hot support labels. The class state is a mixture, so its fidelity is
    the mean of those to its support rows, and as unbiased as they are.
    """
    overlaps, bill = evaluator.cross(queries, support, theta, key)
    return Estimate(class_means(overlaps, membership), bill)


def total(bills: Sequence[Bill]) -> Bill:
    """One bill for several evaluations: circuits and shots add up, depth and gates are the most."""
    circuits, shots, depths, gates = zip(*bills, strict=True) if bills else [()] * 4
    return Bill(sum(circuits), sum(shots), _most(depths), _most(gates))


def _most(figures: Sequence[int | None]) -> int | None:
    return max((figure for figure in figures if figure is not None), default=None)
