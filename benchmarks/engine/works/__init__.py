"""What is measured: one file for each work.

A work has CELLS, its sizes; ``inputs(cell)``, the arrays that every peer gets; ``cost(cell)``, the
bytes and floating-point operations that no program can do without; and ``distance(a, b)`` of two
answers, which is zero up to rounding where both are right.
"""

from types import ModuleType

from benchmarks.engine.works import (
    expectation_gradient,
    gram,
    meta_step,
    qaoa,
    readout_gradient,
    states,
)

WORKS: dict[str, ModuleType] = {
    "states": states,
    "gram": gram,
    "expectation_gradient": expectation_gradient,
    "readout_gradient": readout_gradient,
    "meta_step": meta_step,
    "qaoa": qaoa,
}
