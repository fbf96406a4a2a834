"""Gradients beside JAX's: by shifted circuits, by random directions, in the metric of states."""

from fewqubit.quantum.gradients.count import Shifted, count_shifted
from fewqubit.quantum.gradients.natural import fubini_study, natural_direction
from fewqubit.quantum.gradients.parameter_shift import ShiftGradient, parameter_shift
from fewqubit.quantum.gradients.spsa import spsa

__all__ = [
    "ShiftGradient",
    "Shifted",
    "count_shifted",
    "fubini_study",
    "natural_direction",
    "parameter_shift",
    "spsa",
]
