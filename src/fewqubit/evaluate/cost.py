"""Estimated cost of a trained arm on a device; no circuit is run there."""

from typing import NamedTuple

import jax

from fewqubit.backends import Size, build_machine, size_on
from fewqubit.circuits.drawn import entangles
from fewqubit.config import CLASSICAL_ARMS, Device
from fewqubit.errors import DeviceError
from fewqubit.models.parts import CIRCUIT
from fewqubit.predict.trained import Trained
from fewqubit.tasks.inputs import shape_from


class Cost(NamedTuple):
    """The entry of one arm in cost.json.

    same_as_quantum:  the ablation removes nothing, so the model is that of the quantum arm
    device:           name of the device that its circuits were transpiled to
    shots_adapt:      to adapt to one task, with the declared shots for each circuit
    shots_per_query:  to answer one query
    depth, two_qubit_gates:  maximum over its circuits; None: it has no circuit, or one does not
                      fit the device, see ``note``
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

    Raises SettingsError or DeviceError: the device is unknown or unreachable.
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
    """Largest circuit size; gradient learners run single examples, others also pairs.

    Circuits that adapters are read from count too.
    """
    machine, settings = build_machine(device), trained.settings
    pairs, entanglers = settings.compares or not settings.reads, trained.arm != "separable"
    beside = settings.circuits_of_encoder(trained.arm, shape_from(trained.card["feature_shape"]))
    try:
        size = size_on(
            machine, device, settings.circuit, pairs=pairs, entanglers=entanglers, beside=beside
        )
    except DeviceError as error:
        return None, str(error)
    return size, ""


def _same_as_quantum(trained: Trained) -> bool:
    """Whether the arm had no entangler to remove, or no trainable weight to freeze."""
    settings = trained.settings
    if trained.arm == "separable":
        return not entangles(settings.circuit)
    weights = jax.tree.leaves(trained.params[CIRCUIT])
    return trained.arm == "frozen" and (
        not settings.moves_circuit() or not any(leaf.size for leaf in weights)
    )
