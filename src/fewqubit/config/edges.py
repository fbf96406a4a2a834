"""Whether values chosen by a search lie at an edge of its space: better ones may lie beyond it."""

from collections.abc import Mapping, Sequence
from math import log
from typing import Any, Literal

Edge = Literal["least", "greatest"]
NEAR = 0.05  # of a range, from either end: a sampler hardly hits the end itself


def edges(values: Mapping[str, Any], space: Mapping[str, Any]) -> dict[str, Edge]:
    """Which of ``values`` are the least or the greatest in ``space``.

    ``space`` is given as JSON: for each setting a list of values, or a range with ``low``, ``high``
    and ``log``. A list has edges if it holds only numbers and at least two different ones. In a
    range, the outermost share ``NEAR`` at each end counts as an edge.
    """
    found = {name: _edge(values[name], axis) for name, axis in space.items() if name in values}
    return {name: edge for name, edge in found.items() if edge}


def edges_text(values: Mapping[str, Any], at: Mapping[str, str]) -> str:
    """``training.learning_rate 0.03, the greatest tried; circuit.bandwidth 0.25, the least``."""
    return "; ".join(f"{name} {values[name]:.4g}, the {edge} tried" for name, edge in at.items())


def _edge(value: Any, axis: Sequence[Any] | Mapping[str, Any]) -> Edge | None:
    if isinstance(axis, Mapping):
        place = _place(value, axis)
        return "least" if place <= NEAR else "greatest" if place >= 1 - NEAR else None
    if not all(type(one) in (int, float) for one in axis) or min(axis) == max(axis):
        return None
    return "least" if value == min(axis) else "greatest" if value == max(axis) else None


def _place(value: float, axis: Mapping[str, Any]) -> float:
    """0 at the lower end of a range, 1 at the upper end, on the linear or log scale searched."""
    low, high = axis["low"], axis["high"]
    if axis.get("log"):
        return log(value / low) / log(high / low)
    return float((value - low) / (high - low))
