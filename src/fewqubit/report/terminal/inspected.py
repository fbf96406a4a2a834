"""An inspection in the terminal: figures with their readings, then the scans."""

from collections.abc import Sequence
from math import isfinite

from rich.console import Console
from rich.table import Table

from fewqubit.diagnostics.scans import KernelPoint
from fewqubit.report.words import whole
from fewqubit.stages.inspect import Inspection

_TEXTS = ("figure", "in words")


def print_inspection(inspection: Inspection, console: Console) -> None:
    """Print what was seen of a feature map: figures with their readings, then scans."""
    console.print(_figures(inspection))
    console.print(
        _kernels("against bandwidth", inspection.scans.bandwidths, inspection.scans.configured)
    )
    console.print(_kernels("against qubits", inspection.scans.qubits, inspection.scans.configured))
    console.print(_gradients(inspection))


def _figures(inspection: Inspection) -> Table:
    table = _table(inspection.title, "figure", "value", "in words")
    for name, value in inspection.figures.items():
        text = value if isinstance(value, str) else _short(value)
        table.add_row(name.replace("_", " "), text, inspection.readings.get(name, ""))
    return table


def _kernels(title: str, points: Sequence[KernelPoint], configured: KernelPoint) -> Table:
    columns = ("qubits", "bandwidth", "mean", "deviation", "shots", "alignment", "rank")
    table = _table(f"kernel {title}", *columns)
    for point in points:
        table.add_row(
            f"{point.n_qubits}",
            f"{point.bandwidth:g}",
            f"{point.mean:.4f}",
            f"{point.variance**0.5:.4f}",
            _shots(point.shots),
            f"{point.alignment:.3f}",
            f"{point.effective_rank:.1f}",
            style="bold" if point == configured else None,
        )
    return table


def _gradients(inspection: Inspection) -> Table:
    table = _table("steepest derivative of ⟨Z₀⟩", "qubits", "repetitions", "variance")
    for n_qubits, repetitions, variance in inspection.gradients:
        table.add_row(str(n_qubits), str(repetitions), _short(variance))
    return table


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left")
    for name in columns:
        table.add_column(name, justify="left" if name in _TEXTS else "right")
    return table


def _short(value: float) -> str:
    return _shots(value) if value >= 1000 else f"{value:.3g}"


def _shots(number: float) -> str:
    return whole(float(f"{number:.3g}")) if isfinite(number) else "∞"
