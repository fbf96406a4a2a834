"""Where circuits are evaluated: one signature for simulation and devices, and the bill of each."""

from fewqubit.backends.contract import Backend, Bill, Estimate, Evaluator, class_fidelities, total
from fewqubit.backends.exact import exact
from fewqubit.backends.registry import BACKENDS, build_backend, build_machine
from fewqubit.backends.size import Size, size_on

__all__ = [
    "BACKENDS",
    "Backend",
    "Bill",
    "Estimate",
    "Evaluator",
    "Size",
    "build_backend",
    "build_machine",
    "class_fidelities",
    "exact",
    "size_on",
    "total",
]
