"""One circuit as a machine runs it: transpiled, at every noise scale, its readout calibrated."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, PRNGKeyArray
from qiskit import QuantumCircuit
from qiskit.primitives import BitArray
from qiskit.transpiler import StagedPassManager

from fewqubit.backends.contract import Bill
from fewqubit.backends.device import Device
from fewqubit.backends.jobs import Bound, Jobs
from fewqubit.backends.outcomes import ones, product_means
from fewqubit.backends.readout import calibration_circuits, confusion, mitigated
from fewqubit.backends.template import Columns, measured, rows_of, transpiled
from fewqubit.backends.zero_noise import extrapolation_weights, folded


class Procedure(NamedTuple):
    """What is run for one circuit.

    scaled:       the measured circuit at every noise scale, and its weight in the result
    calibration:  0…0 and 1…1 on its qubits; none without readout mitigation
    """

    scaled: list[tuple[QuantumCircuit, float]]
    calibration: list[QuantumCircuit]


class Request(NamedTuple):
    """A procedure, and what is asked of its outcomes (``outcomes.product_means``)."""

    procedure: Procedure
    factors: Float[np.ndarray, "values q 2"]


def draw_up_procedure(
    circuit: QuantumCircuit, passes: StagedPassManager, settings: Device
) -> Procedure:
    """Transpile ``circuit``, once, and derive everything else from the result."""
    template = transpiled(circuit, passes)
    scales, weights = [1], np.ones(1)
    if settings.zero_noise:
        scales = settings.zero_noise.scales
        weights = extrapolation_weights(scales, settings.zero_noise.extrapolation)
    circuits = [measured(folded(template, scale, passes)) for scale in scales]
    mitigate = settings.mitigation == "readout"
    calibration = calibration_circuits(template, passes) if mitigate else []
    return Procedure(list(zip(circuits, weights.tolist(), strict=True)), calibration)


def carry_out(
    requests: Sequence[Request], columns: Columns, n_rows: int, jobs: Jobs, key: PRNGKeyArray
) -> tuple[list[Float[np.ndarray, "rows values"]], Bill]:
    """The values of every request at every row of parameter values, and one bill for all.

    All circuits go out together. Calibrations are measured anew each time: they are never stale.
    """
    if not (requests and n_rows):
        return [np.zeros((n_rows, len(factors))) for _, factors in requests], Bill(0)
    wanted = []
    for procedure, _ in requests:
        wanted += [Bound(circuit, np.empty((1, 0))) for circuit in procedure.calibration]
        scaled = (circuit for circuit, _ in procedure.scaled)
        wanted += [Bound(circuit, rows_of(columns, circuit, n_rows)) for circuit in scaled]
    outcomes = iter(jobs.measure(wanted, key))
    values = [_values(request, outcomes, jobs.machine.name) for request in requests]
    return values, _bill(wanted, jobs.settings.shots)


def _values(
    request: Request, outcomes: Iterator[BitArray], machine: str
) -> Float[np.ndarray, "rows values"]:
    """What a request asks of its own outcomes, the next in ``outcomes``."""
    procedure, factors = request
    if procedure.calibration:
        each = ones(procedure.calibration[0].num_clbits)
        zeros, full = next(outcomes), next(outcomes)
        wrong, right = (product_means(read, each)[0] for read in (zeros, full))
        factors = mitigated(factors, confusion(wrong, right, zeros.num_shots, machine))
    means = [weight * product_means(next(outcomes), factors) for _, weight in procedure.scaled]
    return np.sum(means, axis=0)


def _bill(bound: Sequence[Bound], shots: int) -> Bill:
    count = sum(len(rows) for _, rows in bound)
    depth = max(circuit.depth() for circuit, _ in bound)
    return Bill(count, count * shots, depth, max(c.num_nonlocal_gates() for c, _ in bound))
