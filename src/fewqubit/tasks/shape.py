"""How many classes and examples a task has."""

from typing import NamedTuple


class Shape(NamedTuple):
    """The shape of tasks: classes, and examples of each; for regression n_way is 1."""

    n_way: int
    n_shot: int
    n_query: int
