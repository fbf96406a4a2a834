"""Nothing is learned after the first group."""

from typing import ClassVar, Literal

from fewqubit.streams.way import Way


class Frozen(Way):
    """θ_i = θ_0: what a model is worth that is adapted to new tasks, but never updated.

    Later groups change nothing; their tasks are answered by adaptation alone.
    """

    learns_from: ClassVar[Literal["nothing"]] = "nothing"

    kind: Literal["frozen"] = "frozen"
