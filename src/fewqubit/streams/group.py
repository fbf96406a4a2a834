"""A group of classes that arrives: what is learned from it, and its frozen episodes."""

from typing import NamedTuple

from fewqubit.tasks import ClassIndex, Episode, Inputs


class Group(NamedTuple):
    """One group of a stream, in arrays of its own: nothing in it depends on other groups.

    name:      of the group, also of its random streams
    x:         rows of its classes
    classes:   those that tasks of meta-training are drawn from
    episodes:  frozen, of its other classes
    """

    name: str
    x: Inputs
    classes: ClassIndex
    episodes: Episode
