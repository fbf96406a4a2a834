"""Readout mitigation: the confusion of every qubit's bit, measured and undone.

    A_q[read, prepared] from the circuits 0…0 and 1…1         w_q -> w_q A_q⁻¹

The mean of the changed factors is the mean that perfect readout would give, if errors of different
qubits are independent and the X gates of the calibration perfect. Bravyi et al., 2006.14044.
"""

import numpy as np
from jaxtyping import Float
from qiskit import QuantumCircuit
from qiskit.transpiler import StagedPassManager

from fewqubit.backends.template import Template, measured
from fewqubit.errors import DeviceError

CERTAIN = 10  # what is undone is then right to about a tenth


def calibration_circuits(template: Template, passes: StagedPassManager) -> list[QuantumCircuit]:
    """0…0 and 1…1 on the physical qubits that ``template`` measures."""
    zeros, ones = (QuantumCircuit(template.body.num_qubits) for _ in range(2))
    ones.x(template.qubits)
    bodies = [passes.translation.run(circuit) for circuit in (zeros, ones)]
    return [measured(template._replace(body=body)) for body in bodies]


def confusion(
    wrong_zero: Float[np.ndarray, " q"],
    right_one: Float[np.ndarray, " q"],
    shots: int,
    machine: str,
) -> Float[np.ndarray, "q 2 2"]:
    """A_q from the shares of 1 in ``shots`` shots each after 0…0 and after 1…1.

    Mitigation divides by the difference of the two. Raises ``DeviceError`` for a qubit where that
    is not ``CERTAIN`` times its standard error: it reads 0 and 1 nearly alike, and what was undone
    would be noise.
    """
    difference = right_one - wrong_zero
    variance = wrong_zero * (1 - wrong_zero) + right_one * (1 - right_one)
    error = np.sqrt(variance / shots)
    blind = np.flatnonzero((difference <= 0) | (difference < CERTAIN * error))
    if blind.size:
        qubit = blind[0]
        raise DeviceError(
            f"readout of {machine} cannot be mitigated: qubit {qubit} of the circuit reads 1 with "
            f"{wrong_zero[qubit]:.3f} after 0 and with {right_one[qubit]:.3f} after 1, which "
            f"differ by less than {CERTAIN} standard errors ({error[qubit]:.3f}) of {shots} shots; "
            "choose more shots, another layout, or mitigation: none"
        )
    rows = [[1.0 - wrong_zero, 1.0 - right_one], [wrong_zero, right_one]]
    return np.moveaxis(np.array(rows), -1, 0)


def mitigated(
    factors: Float[np.ndarray, "values q 2"], confusions: Float[np.ndarray, "q 2 2"]
) -> Float[np.ndarray, "values q 2"]:
    """w_q A_q⁻¹ for every value and qubit."""
    return np.einsum("fqp,qpr->fqr", factors, np.linalg.inv(confusions))
