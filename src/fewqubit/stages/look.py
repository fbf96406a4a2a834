"""Scans of a feature map on encoded data that are cheap enough for the encode stage."""

from math import isfinite
from typing import Any, NamedTuple

from jaxtyping import PRNGKeyArray
from qiskit import QuantumCircuit

from fewqubit.base.keys import stream
from fewqubit.circuits.feature_maps import FEATURE_MAPS
from fewqubit.compiler.compiled import compile_circuit
from fewqubit.config import FeatureMap
from fewqubit.diagnostics.readings import readings
from fewqubit.diagnostics.scans import KernelPoint, scan_bandwidths, scan_qubits
from fewqubit.stages.encode import Encoded


class Look(NamedTuple):
    """The kernel of a feature map as configured, and at other bandwidths and numbers of qubits."""

    configured: KernelPoint
    bandwidths: list[KernelPoint]
    qubits: list[KernelPoint]
    readings: dict[str, str]


def look(
    settings: FeatureMap, circuit: QuantumCircuit, encoded: Encoded, key: PRNGKeyArray
) -> Look:
    """Scan the bandwidth and the number of qubits of ``circuit``; put all figures into words."""
    bandwidths = scan_bandwidths(
        compile_circuit(circuit), encoded.theta, settings.bandwidth, encoded.sample
    )
    configured = next(point for point in bandwidths if point.bandwidth == settings.bandwidth)
    smaller = scan_qubits(settings, smaller_sizes(settings), encoded.sample, stream(key, "qubits"))
    words = readings(encoded.diagnostics, len(encoded.gram), configured, bandwidths)
    return Look(configured, bandwidths, [*smaller, configured], words)


def smaller_sizes(settings: FeatureMap) -> list[int]:
    """2, 4, … below the map's number of qubits; empty for a circuit of the user.

    Such a circuit may exist in one size only.
    """
    if settings.kind not in FEATURE_MAPS:
        return []
    return list(range(2, settings.n_qubits, 2))


def as_json(encoded: Encoded, scans: Look) -> dict[str, Any]:
    """The content of diagnostics.json: figures to six digits, null if not finite."""
    figures = encoded.diagnostics._asdict() | {"rows": len(encoded.gram)}
    return _plain(figures) | {
        "readings": [*scans.readings.values()],
        "bandwidths": [_plain(point._asdict()) for point in scans.bandwidths],
        "qubits": [_plain(point._asdict()) for point in scans.qubits],
    }


def _plain(figures: dict[str, Any]) -> dict[str, Any]:
    """Figures to six digits: further ones depend on the number of linear-algebra threads."""
    return {
        name: _six_digits(value) if isinstance(value, float) else value
        for name, value in figures.items()
    }


def _six_digits(value: float) -> float | None:
    return float(f"{value:.6g}") if isfinite(value) else None
