"""Streams of params.yaml: which classes arrive together, in which order."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from fewqubit.base.values import Fraction, Many, Section
from fewqubit.config.names import Name
from fewqubit.config.places import TABLES, check_inside
from fewqubit.data.dataset import ClassName


class Stream(Section):
    """Groups of classes that arrive one after the other.

    ``by`` says what a group is. ``group``: the classes of one group of the data set (a script, a
    ward, a month of the column ``group``). ``prefix``: classes whose names agree up to the first
    ``/`` (an alphabet). ``dataset``: a whole data set of ``datasets``. ``file``: the table of the
    data set, then each file in ``incoming``, sorted by name. ``lists`` defines groups by hand, as
    lists of classes or of groups of the data set. ``order`` selects groups and orders them; without
    it, groups of a table are sorted by name and others keep the order of the source. ``most`` is
    the largest number of groups.

    The share ``held_out`` of a group's classes is tested and never trained on. The shape and number
    of a group's frozen episodes are ``n_way``, ``n_shot``, ``n_query`` and ``n_test`` of its data
    set. Features are fitted on the training classes of the first group, or of each data set.
    Meta-training takes ``steps`` steps on each group; None: as many as the learner's settings say.
    """

    datasets: list[Name] = Field(min_length=1)
    by: Literal["group", "prefix", "dataset", "file"] = "group"
    lists: dict[Name, Annotated[list[ClassName], Field(min_length=1)]] = {}
    order: list[str] = []
    most: Annotated[int, Field(ge=1, le=1000)] | None = None
    incoming: str | None = None
    held_out: Fraction = 0.5
    steps: Many | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if len(self.datasets) > 1 and self.by != "dataset":
            raise ValueError(
                f"expected by: dataset where there are several datasets, got by: {self.by}"
            )
        if (self.by == "file") != (self.incoming is not None):
            raise ValueError("expected by: file and a folder incoming, both or neither")
        if self.incoming is not None:
            check_inside(self.incoming, TABLES)
        return self
