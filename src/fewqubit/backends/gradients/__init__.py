"""Gradients other than JAX's: parameter shift, SPSA, and the natural gradient."""

from fewqubit.backends.gradients.count import Shifted, count_shifted
from fewqubit.backends.gradients.natural import fubini_study, natural_direction
from fewqubit.backends.gradients.occurrences import Slopes
from fewqubit.backends.gradients.parameter_shift import ShiftGradient, parameter_shift
from fewqubit.backends.gradients.spsa import spsa

__all__ = [
    "ShiftGradient",
    "Shifted",
    "Slopes",
    "count_shifted",
    "fubini_study",
    "natural_direction",
    "parameter_shift",
    "spsa",
]
