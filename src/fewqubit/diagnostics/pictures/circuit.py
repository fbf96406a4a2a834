"""A circuit as a picture, drawn here: Qiskit's drawer needs a LaTeX package it does not install.

Gates fall into columns as early as their qubits allow; long circuits continue in a next row.
"""

from pathlib import Path
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyBboxPatch
from qiskit import QuantumCircuit
from qiskit.circuit import CircuitInstruction, ControlledGate, ParameterExpression

_COLUMNS_PER_ROW = 30
_INK, _WIRE, _CONSTANT, _INPUT, _WEIGHT = "#1f2430", "#9aa3b2", "#e8ebf0", "#cfe3f7", "#fbe3c8"
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


class DrawnInstruction(NamedTuple):
    """An instruction and its column."""

    column: int
    instruction: CircuitInstruction
    qubits: tuple[int, ...]


def draw_circuit(path: Path, circuit: QuantumCircuit, title: str) -> None:
    """Write ``circuit`` as a PNG, the same bytes for the same circuit.

    Blue gates depend on the inputs x, orange ones on the weights θ; below a gate's name stand the
    parameters that its angle contains.
    """
    placed = _place(circuit)
    n_columns = 1 + max((gate.column for gate in placed), default=0)
    n_rows = -(-n_columns // _COLUMNS_PER_ROW)
    height = circuit.num_qubits + 1.0
    width = min(n_columns, _COLUMNS_PER_ROW) + 1.0
    figure = Figure(figsize=(0.55 * width + 0.4, 0.45 * height * n_rows + 0.3), dpi=130)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set(xlim=(-1.2, width), ylim=(-height * n_rows + 0.9, 1.3), aspect="equal")
    axes.axis("off")
    axes.text(-1.0, 0.85, title, fontsize=10, fontweight="bold", color=_INK)
    for row in range(n_rows):
        _draw_wires(axes, circuit.num_qubits, -row * height, width)
    for gate in placed:
        row, column = divmod(gate.column, _COLUMNS_PER_ROW)
        _draw_gate(axes, gate, column + 0.5, -row * height)
    figure.savefig(path, format="png", metadata={"Software": None})


def _place(circuit: QuantumCircuit) -> list[DrawnInstruction]:
    """Every instruction in the first column where all wires it crosses are free."""
    free = [0] * circuit.num_qubits
    placed = []
    for instruction in circuit.data:
        qubits = tuple(circuit.find_bit(qubit).index for qubit in instruction.qubits)
        if not qubits:
            continue
        crossed = range(min(qubits), max(qubits) + 1)
        column = max(free[q] for q in crossed)
        for qubit in crossed:
            free[qubit] = column + (instruction.operation.name != "barrier")
        if instruction.operation.name != "barrier":
            placed.append(DrawnInstruction(column, instruction, qubits))
    return placed


def _draw_wires(axes: Axes, n_qubits: int, top: float, width: float) -> None:
    for qubit in range(n_qubits):
        axes.plot([-0.4, width - 0.4], [top - qubit] * 2, color=_WIRE, linewidth=0.8, zorder=1)
        name = f"q{str(qubit).translate(_SUBSCRIPTS)}"
        axes.text(-0.55, top - qubit, name, fontsize=8, color=_INK, ha="right", va="center")


def _draw_gate(axes: Axes, gate: DrawnInstruction, x: float, top: float) -> None:
    """Controls as dots, CX as ⊕, CZ as dots, anything else as a box over its qubits."""
    operation, levels = gate.instruction.operation, [top - qubit for qubit in gate.qubits]
    if len(levels) > 1:
        axes.plot([x, x], [min(levels), max(levels)], color=_INK, linewidth=1.0, zorder=2)
    if isinstance(operation, ControlledGate):
        count = operation.num_ctrl_qubits
        for position, level in enumerate(levels[:count]):
            filled = operation.ctrl_state >> position & 1
            colour = _INK if filled else "white"
            axes.add_patch(Circle((x, level), 0.1, facecolor=colour, edgecolor=_INK, zorder=4))
        operation, levels = operation.base_gate, levels[count:]
        if operation.name in ("x", "z"):
            _draw_target(axes, operation.name, x, levels[0])
            return
    _draw_box(axes, operation.name, operation.params, x, levels)


def _draw_target(axes: Axes, name: str, x: float, level: float) -> None:
    if name == "z":
        axes.add_patch(Circle((x, level), 0.1, facecolor=_INK, edgecolor=_INK, zorder=4))
        return
    axes.add_patch(Circle((x, level), 0.22, facecolor="white", edgecolor=_INK, zorder=4))
    axes.plot([x - 0.22, x + 0.22], [level, level], color=_INK, linewidth=1.0, zorder=5)
    axes.plot([x, x], [level - 0.22, level + 0.22], color=_INK, linewidth=1.0, zorder=5)


def _draw_box(axes: Axes, name: str, params: list, x: float, levels: list[float]) -> None:
    """A box per qubit, joined by the line drawn before; the name in the first."""
    symbols = _symbols(params)
    colour = _WEIGHT if "θ" in symbols else _INPUT if symbols else _CONSTANT
    for number, level in enumerate(levels):
        shape = FancyBboxPatch(
            (x - 0.36, level - 0.34),
            0.72,
            0.68,
            boxstyle="round,pad=0,rounding_size=0.09",
            facecolor=colour,
            edgecolor=_INK,
            linewidth=0.7,
            zorder=4,
        )
        axes.add_patch(shape)
        if number == 0:
            text = f"{name.upper()}\n{symbols}" if symbols else name.upper()
            axes.text(x, level, text, fontsize=6, color=_INK, ha="center", va="center", zorder=5)


def _symbols(params: list) -> str:
    """The parameters in a gate's angles: x₀x₁."""
    found = {
        p for value in params if isinstance(value, ParameterExpression) for p in value.parameters
    }
    names = sorted((p.name for p in found), key=lambda name: (len(name), name))
    return "".join(name.replace("[", "").replace("]", "").translate(_SUBSCRIPTS) for name in names)
