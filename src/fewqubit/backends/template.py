"""Circuits transpiled once: parameters stay open and are bound when a job runs."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from qiskit import ClassicalRegister, QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.transpiler import StagedPassManager, generate_preset_pass_manager

from fewqubit.backends.device import Device
from fewqubit.backends.machine import Machine
from fewqubit.errors import DeviceError

Columns = dict[Parameter, Float[np.ndarray, " rows"]]


class Template(NamedTuple):
    """A circuit in the gates and on the physical qubits of a machine.

    body:    the unitary part, ancillas included
    qubits:  where each qubit of the original circuit is found at the end
    """

    body: QuantumCircuit
    qubits: tuple[int, ...]


def transpiler(machine: Machine, settings: Device) -> StagedPassManager:
    """Qiskit's passes for the machine; the same settings give the same circuits."""
    return generate_preset_pass_manager(
        settings.optimization_level,
        backend=machine.device,
        initial_layout=settings.layout,
        seed_transpiler=settings.transpile_seed,
    )


def transpiled(circuit: QuantumCircuit, passes: StagedPassManager) -> Template:
    """``circuit``, which measures nothing, as a template."""
    body = passes.run(circuit)
    if body.layout is None:  # every qubit is next to every other
        return Template(body, tuple(range(circuit.num_qubits)))
    return Template(body, tuple(body.layout.final_index_layout(filter_ancillas=True)))


def measured(template: Template) -> QuantumCircuit:
    """The template with a measurement: bit k is qubit k of the original circuit."""
    circuit = template.body.copy()
    bits = ClassicalRegister(len(template.qubits), "meas")
    circuit.add_register(bits)
    circuit.barrier(template.qubits)
    circuit.measure(template.qubits, bits)
    return circuit


def rows_of(
    columns: Columns, circuit: QuantumCircuit, n_rows: int
) -> Float[np.ndarray, "rows parameters"]:
    """Values in the order of ``circuit.parameters``, those that transpiling removed left out."""
    kept = [columns[parameter] for parameter in circuit.parameters]
    return np.stack(kept, axis=-1) if kept else np.empty((n_rows, 0))


def check_size(circuit: QuantumCircuit, machine: Machine, layout: list[int] | None) -> None:
    """Raises ``DeviceError`` for a circuit or layout that does not fit the machine."""
    n_qubits, there = circuit.num_qubits, machine.device.num_qubits
    if n_qubits > there:
        raise DeviceError(f"the circuit has {n_qubits} qubits, {machine.name} {there}")
    if layout and (len({*layout}) != n_qubits or len(layout) != n_qubits or max(layout) >= there):
        raise DeviceError(
            f"expected a layout of {n_qubits} different qubits of {machine.name}, which has "
            f"{there}, got {layout}"
        )
