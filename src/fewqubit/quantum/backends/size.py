"""How large a learner's circuits are on a device: transpiled for it, not run."""

from collections.abc import Iterator
from typing import NamedTuple

from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector

from fewqubit.config import Circuit, Device
from fewqubit.quantum.backends.circuits import overlap
from fewqubit.quantum.backends.registry import build_machine
from fewqubit.quantum.backends.template import check_size, measured, transpiled, transpiler
from fewqubit.quantum.build import draw_up, members_of
from fewqubit.quantum.compile import vector
from fewqubit.quantum.separable import without_entanglers
from fewqubit.quantum.superpose import superposed


class Size(NamedTuple):
    """Of what a device runs: depth of the deepest circuit, and the most two-qubit gates."""

    depth: int
    two_qubit_gates: int


def size_on(
    device: Device, settings: Circuit, *, pairs: bool = False, entanglers: bool = True
) -> Size:
    """The circuits of ``settings`` on ``device``, with their measurement; parameters stay open.

    ``pairs``: what compares two examples, U(x) then U†(x′); else U(x) alone. Without
    ``entanglers`` only the one-qubit gates of each. The same settings give the same size. Raises
    DeviceError: a circuit does not fit the device, or that is out of reach.
    """
    machine = build_machine(device)
    passes, sizes = transpiler(machine, device), []
    for circuit in _circuits(settings, entanglers):
        check_size(circuit, machine, device.layout)
        primed = ParameterVector("x′", len(vector(circuit, "x")))
        whole = overlap(circuit, list(primed)) if pairs else circuit
        run = measured(transpiled(whole, passes))
        sizes.append(Size(run.depth(), run.num_nonlocal_gates()))
    return Size(*map(max, zip(*sizes, strict=True)))


def _circuits(settings: Circuit, entanglers: bool) -> Iterator[QuantumCircuit]:
    """What runs for one example: the circuit; members one by one, or all in superposition."""
    drawn = [draw_up(member) for member in members_of(settings)]
    each = drawn if entanglers else [without_entanglers(circuit) for circuit in drawn]
    if settings.members * len(each) == 1 or settings.combine == "concat":
        yield from each
        return
    members = [circuit for circuit in each for _ in range(settings.members)]
    yield superposed(members, [1 / len(members)] * len(members))
