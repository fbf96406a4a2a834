"""The size of a measurement, and what it costs at least."""

from typing import NamedTuple


class Cell(NamedTuple):
    """How many qubits, and how many rows (examples, or tasks)."""

    n_qubits: int
    rows: int


class Cost(NamedTuple):
    """Bytes that must move and floating-point operations that must be done."""

    bytes: float
    flops: float
