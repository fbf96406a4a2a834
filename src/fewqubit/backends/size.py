"""The size of a learner's circuits on a device: transpiled for it, not run."""

from collections.abc import Sequence
from typing import NamedTuple

from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector

from fewqubit.backends.circuits import overlap
from fewqubit.backends.device import Device
from fewqubit.backends.machine import Machine
from fewqubit.backends.template import check_size, measured, transpiled, transpiler
from fewqubit.circuits.circuit import Circuit
from fewqubit.circuits.drawn import circuits_of
from fewqubit.circuits.parameters import vector


class Size(NamedTuple):
    """Of what a device runs: depth of the deepest circuit, and the most two-qubit gates."""

    depth: int
    two_qubit_gates: int


def size_on(
    machine: Machine,
    device: Device,
    settings: Circuit,
    *,
    pairs: bool = False,
    entanglers: bool = True,
    beside: Sequence[QuantumCircuit] = (),
) -> Size:
    """Size of the circuits of ``settings`` on ``machine``, measured, with unbound parameters.

    ``pairs``: circuits that compare two examples, U(x) then U†(x′); otherwise U(x) alone. Without
    ``entanglers`` only the one-qubit gates are kept. ``beside`` are others that it runs as they
    are. The same settings give the same size. Raises
    DeviceError: a circuit does not fit.
    """
    passes, sizes = transpiler(machine, device), []
    run = [(circuit, pairs) for circuit in circuits_of(settings, entanglers, together=pairs)]
    for circuit, twice in [*run, *((circuit, False) for circuit in beside)]:
        check_size(circuit, machine, device.layout)
        primed = ParameterVector("x′", len(vector(circuit, "x")))
        complete = overlap(circuit, list(primed)) if twice else circuit
        whole = measured(transpiled(complete, passes))
        sizes.append(Size(whole.depth(), whole.num_nonlocal_gates()))
    return Size(*map(max, zip(*sizes, strict=True)))
