"""What a trained arm would cost on a device; nothing is run there."""

from typing import NamedTuple

import jax

from fewqubit.backends import Size, build_machine, size_on
from fewqubit.circuits.drawn import entangles
from fewqubit.config import CLASSICAL_ARMS, Device
from fewqubit.errors import DeviceError
from fewqubit.models.parts import CIRCUIT
from fewqubit.predict.trained import Trained


class Cost(NamedTuple):
    """What cost.json tells of one arm.

    same_as_quantum:  the arm removes nothing: it is the quantum arm's own model
    device:           the word for the device that its circuits were transpiled to
    shots_adapt:      to adapt to one task, with the declared shots for each circuit
    shots_per_query:  to answer one query
    depth, two_qubit_gates:  the most of any circuit; None: it has none, or does not fit the
                      device, which ``note`` says
    """

    same_as_quantum: bool
    device: str
    shots_adapt: int
    shots_per_query: int
    depth: int | None
    two_qubit_gates: int | None
    note: str


def cost_on(device: Device, trained: Trained) -> Cost:
    """The cost of ``trained`` on ``device``; classical arms have none.

    Raises SettingsError or DeviceError: the device is unknown or out of reach.
    """
    size, note = (None, "") if trained.arm in CLASSICAL_ARMS else _size(device, trained)
    runs = trained.card["circuit_evaluations"]
    return Cost(
        _same_as_quantum(trained),
        device.backend,
        runs["adapt"] * device.shots,
        runs["predict_per_query"] * device.shots,
        size and size.depth,
        size and size.two_qubit_gates,
        note,
    )


def _size(device: Device, trained: Trained) -> tuple[Size | None, str]:
    """Gradient learners read single examples; all others also compare pairs."""
    machine, settings = build_machine(device), trained.settings
    pairs, entanglers = settings.compares or not settings.reads, trained.arm != "separable"
    try:
        size = size_on(machine, device, settings.circuit, pairs=pairs, entanglers=entanglers)
    except DeviceError as error:
        return None, str(error)
    return size, ""


def _same_as_quantum(trained: Trained) -> bool:
    """There is no entangler to remove, or no weight that would have been trained."""
    settings = trained.settings
    if trained.arm == "separable":
        return not entangles(settings.circuit)
    weights = jax.tree.leaves(trained.params[CIRCUIT])
    return trained.arm == "frozen" and (
        not settings.moves_circuit() or not any(leaf.size for leaf in weights)
    )
