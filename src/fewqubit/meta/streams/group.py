"""A group of classes in a stream: its training classes and its frozen episodes."""

from typing import NamedTuple

from fewqubit.tasks import ClassIndex, Episode, Inputs


class Group(NamedTuple):
    """One group of a stream. Its arrays depend on no other group.

    name:      of the group; its random streams are named by it too
    x:         rows of its classes
    classes:   the classes that meta-training tasks are drawn from
    episodes:  frozen episodes of its other classes
    """

    name: str
    x: Inputs
    classes: ClassIndex
    episodes: Episode
