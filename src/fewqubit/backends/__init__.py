"""Where circuits are evaluated: one signature for simulation and devices, and the bill of each."""

from typing import TYPE_CHECKING

from fewqubit.base.lazily import lazily

if TYPE_CHECKING:
    from fewqubit.backends.contract import Backend as Backend
    from fewqubit.backends.contract import Bill as Bill
    from fewqubit.backends.contract import Estimate as Estimate
    from fewqubit.backends.contract import Evaluator as Evaluator
    from fewqubit.backends.contract import class_fidelities as class_fidelities
    from fewqubit.backends.contract import total as total
    from fewqubit.backends.registry import BACKENDS as BACKENDS
    from fewqubit.backends.registry import build_backend as build_backend
    from fewqubit.backends.registry import build_machine as build_machine
    from fewqubit.backends.size import Size as Size
    from fewqubit.backends.size import size_on as size_on
else:
    __getattr__, __all__ = lazily(
        __name__,
        contract="Backend Bill Estimate Evaluator class_fidelities total",
        registry="BACKENDS build_backend build_machine",
        size="Size size_on",
    )
