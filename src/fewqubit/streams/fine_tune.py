"""Meta-training goes on with the newest group alone."""

from typing import Literal

from fewqubit.streams.way import Way


class FineTune(Way):
    """θ_i from θ_{i−1} by meta-training on group i; nothing guards what was learned before.

    Meta-training goes on with the tasks of the newest group.
    """

    kind: Literal["fine_tune"] = "fine_tune"
