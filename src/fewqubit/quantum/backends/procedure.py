"""One circuit as a machine runs it: transpiled, at every noise scale, its readout calibrated."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, PRNGKeyArray
from qiskit import QuantumCircuit
from qiskit.transpiler import StagedPassManager

from fewqubit.config import Device
from fewqubit.keys import stream
from fewqubit.quantum.backends.contract import Bill, Estimate
from fewqubit.quantum.backends.jobs import Jobs
from fewqubit.quantum.backends.outcomes import ones
from fewqubit.quantum.backends.readout import calibration_circuits, confusion, mitigated
from fewqubit.quantum.backends.template import Columns, measured, rows_of, transpiled
from fewqubit.quantum.backends.zero_noise import extrapolation_weights, folded


class Procedure(NamedTuple):
    """What is run for one circuit.

    scaled:       the measured circuit at every noise scale, and its weight in the result
    calibration:  0…0 and 1…1 on its qubits; none without readout mitigation
    """

    scaled: list[tuple[QuantumCircuit, float]]
    calibration: list[QuantumCircuit]


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
    procedure: Procedure,
    columns: Columns,
    n_rows: int,
    factors: Float[np.ndarray, "values q 2"],
    jobs: Jobs,
    key: PRNGKeyArray,
) -> Estimate:
    """The values that ``factors`` ask for, [rows, values], at every row of parameter values.

    The calibration is measured anew each time, just before: it is never stale.
    """
    values = np.zeros((n_rows, len(factors)))
    if not n_rows:
        return Estimate(values, Bill(0))
    if procedure.calibration:
        factors = mitigated(factors, _calibrate(procedure.calibration, jobs, key))
    for number, (circuit, weight) in enumerate(procedure.scaled):
        rows = rows_of(columns, circuit, n_rows)
        values += weight * jobs.measure(circuit, rows, factors, stream(key, "scale", number))
    return Estimate(values, _bill(procedure, n_rows, jobs.settings.shots))


def _calibrate(
    circuits: list[QuantumCircuit], jobs: Jobs, key: PRNGKeyArray
) -> Float[np.ndarray, "q 2 2"]:
    each = ones(circuits[0].num_clbits)
    wrong_zero, right_one = (
        jobs.measure(circuit, np.empty((1, 0)), each, stream(key, "calibration", number))[0]
        for number, circuit in enumerate(circuits)
    )
    return confusion(wrong_zero, right_one, jobs.machine.name)


def _bill(procedure: Procedure, n_rows: int, shots: int) -> Bill:
    circuits = [circuit for circuit, _ in procedure.scaled]
    count = len(circuits) * n_rows + len(procedure.calibration)
    depth = max(circuit.depth() for circuit in circuits)
    return Bill(count, count * shots, depth, max(c.num_nonlocal_gates() for c in circuits))
