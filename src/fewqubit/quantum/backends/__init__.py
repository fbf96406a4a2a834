"""Where circuits are evaluated: one signature for simulation and devices, and the bill of each."""

from fewqubit.quantum.backends.contract import (
    Backend,
    Bill,
    Estimate,
    Evaluator,
    class_fidelities,
    total,
)
from fewqubit.quantum.backends.exact import exact
from fewqubit.quantum.backends.registry import BACKENDS, build_backend

__all__ = [
    "BACKENDS",
    "Backend",
    "Bill",
    "Estimate",
    "Evaluator",
    "build_backend",
    "class_fidelities",
    "exact",
    "total",
]
