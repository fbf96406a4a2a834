"""What the machine could do: no program moves bytes or multiplies faster than this."""

import os
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from benchmarks.engine.works.cell import Cost

_BYTES, _SIZE = 2**28, 2048


class Machine(NamedTuple):
    """Measured rates, of all cores, and the load before: processes that wanted to run."""

    copy_bytes_per_second: float
    matmul_flops_per_second: float
    load: float

    @classmethod
    def measured(cls) -> "Machine":
        """The best of five copies of 256 MB, and of five products of single-precision matrices."""
        load = os.getloadavg()[0]
        source, target = np.ones(_BYTES, np.uint8), np.empty(_BYTES, np.uint8)
        left = np.ones((_SIZE, _SIZE), np.float32)
        copy = _best(lambda: np.copyto(target, source))
        product = _best(lambda: left @ left)
        return cls(2 * _BYTES / copy, 2 * _SIZE**3 / product, load)


def floor_seconds(cost: Cost, machine: Machine) -> float:
    """The longer of moving the bytes and doing the operations."""
    moving = cost.bytes / machine.copy_bytes_per_second
    return max(moving, cost.flops / machine.matmul_flops_per_second)


def _best(action: Callable[[], Any]) -> float:
    times = []
    for _ in range(5):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times)
