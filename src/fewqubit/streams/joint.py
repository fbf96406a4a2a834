"""Meta-training goes on with all groups so far: what forgetting is measured against."""

from typing import ClassVar, Literal

from fewqubit.streams.way import Way


class Joint(Way):
    """θ_i from θ_{i−1} by meta-training on groups 0 … i, with as many steps as the other ways.

    Needs all data of the past, which a stream does not have: the upper bound.
    """

    learns_from: ClassVar[Literal["all"]] = "all"

    kind: Literal["joint"] = "joint"
