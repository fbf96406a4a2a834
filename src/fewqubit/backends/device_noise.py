"""A circuit as a noisy device runs it, for the compiler: its gates, its qubits, its channels.

``noisy`` simulates the same device from shots. Here the circuit is transpiled by the same passes,
once, with its parameters open, and the channels of Aer's noise model become matrices.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from qiskit import QuantumCircuit
from qiskit.quantum_info import PTM, SparsePauliOp

from fewqubit.backends.device import Device
from fewqubit.backends.machine import AER, Machine
from fewqubit.backends.template import check_size, transpiled, transpiler
from fewqubit.base.extras import needs
from fewqubit.compiler.density.channels import (
    Channel,
    Noise,
    amplitude_damping,
    depolarizing,
    everywhere,
    phase_damping,
    readout_error,
    twirled,
)
from fewqubit.errors import SettingsError

SIMPLE = {
    "depolarizing": depolarizing,
    "amplitude_damping": amplitude_damping,
    "phase_damping": phase_damping,
}
TWIRLED = "twirled"


class Placed(NamedTuple):
    """What is simulated in place of a circuit.

    circuit:  in the device's gates, on those of its qubits that are touched or measured
    noise:    of those qubits
    qubits:   where each qubit of the original circuit is read
    """

    circuit: QuantumCircuit
    noise: Noise
    qubits: tuple[int, ...]

    def on_device(self, operator: SparsePauliOp) -> SparsePauliOp:
        """``operator`` on the qubits where the original circuit's are read."""
        return operator.apply_layout(list(self.qubits), self.circuit.num_qubits)


def placed(circuit: QuantumCircuit, noise: str, settings: Device | None = None) -> Placed:
    """``circuit`` under the noise of that name.

    ``depolarizing:p``, ``amplitude_damping:p`` and ``phase_damping:p`` follow every gate on each of
    its qubits, on a device of any gates; a fake device's name stands for its gates, couplings, gate
    and readout errors, ``twirled:<fake device>`` for the same with its gate errors twirled to Pauli
    channels. ``settings`` are of the transpiler. Raises SettingsError for another word,
    DeviceError for a circuit that does not fit.
    """
    kind, _, rest = noise.partition(":")
    if kind in SIMPLE:
        channel = SIMPLE[kind](_strength(noise, rest))
        return Placed(circuit, everywhere(channel), tuple(range(circuit.num_qubits)))
    return _on_fake_device(
        circuit, rest if kind == TWIRLED else noise, kind == TWIRLED, settings or Device()
    )


def _strength(noise: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise SettingsError(
            f"noise '{noise}': expected a strength behind the colon, such as depolarizing:0.01"
        ) from None


def _on_fake_device(circuit: QuantumCircuit, name: str, twirl: bool, settings: Device) -> Placed:
    machine, channels = _device(name)
    check_size(circuit, machine, settings.layout)
    body, read = transpiled(circuit, transpiler(machine, settings))
    places = [
        tuple(body.find_bit(qubit).index for qubit in instruction.qubits)
        for instruction in body.data
        if instruction.operation.name not in ("barrier", "delay")
    ]
    active = sorted(set(read).union(*places))
    number = {qubit: place for place, qubit in enumerate(active)}
    small = QuantumCircuit(len(active), name=circuit.name)
    for instruction in body.data:
        if instruction.operation.name not in ("barrier", "delay"):
            small.append(
                instruction.operation, [number[body.find_bit(q).index] for q in instruction.qubits]
            )

    def after(gate: str, qubits: tuple[int, ...]) -> Channel | None:
        found = channels.gates.get((gate, tuple(active[qubit] for qubit in qubits)))
        return twirled(found) if twirl and found is not None else found

    readout = {number[q]: channels.readout[q] for q in read if q in channels.readout}
    return Placed(small, Noise(after, readout), tuple(number[qubit] for qubit in read))


class _Channels(NamedTuple):
    """Of a device: by gate and physical qubits, and by physical qubit."""

    gates: dict[tuple[str, tuple[int, ...]], Channel]
    readout: dict[int, Channel]


@lru_cache(maxsize=8)
def _device(name: str) -> tuple[Machine, _Channels]:
    """The fake device and its channels; reading them takes seconds."""
    from fewqubit.backends.noisy import noisy

    with needs("aer", AER):
        from qiskit_aer.noise import NoiseModel
    machine = noisy(name)
    return machine, channels_of(NoiseModel.from_backend(machine.device))


def channels_of(model: "NoiseModel") -> _Channels:  # noqa: F821
    """The channels of a noise model of Qiskit Aer, of single gates on single qubits.

    Raises SettingsError for errors of all qubits alike, which no device has.
    """
    # private to Aer; its public form, to_dict, would have to be simulated gate by gate
    gates, readout = model._local_quantum_errors, model._local_readout_errors
    if model._default_quantum_errors or model._default_readout_error is not None:
        raise SettingsError(
            "noise model: expected errors of named qubits, got some for all qubits; add them with "
            "add_quantum_error"
        )
    return _Channels(
        {
            (gate, qubits): PTM(error).data.real
            for gate, errors in gates.items()
            for qubits, error in errors.items()
            if gate not in ("reset", "measure")
        },
        {qubit: _misread(error.probabilities) for (qubit,), error in readout.items()},
    )


def _misread(probabilities: Sequence[Sequence[float]]) -> Channel:
    """P(read | true), rows by what is true."""
    return readout_error(float(probabilities[0][1]), float(probabilities[1][0]))
