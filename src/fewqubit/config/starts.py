"""Sections of problems and starts: the settings of ``fewqubit.starts`` by their ``kind``."""

from typing import TYPE_CHECKING, Annotated, Union

from pydantic import Discriminator, Field, Tag

from fewqubit.base.values import Section, tag_of
from fewqubit.starts.ansatz.registry import ANSATZE
from fewqubit.starts.families.registry import FAMILIES
from fewqubit.starts.registry import STARTERS
from fewqubit.starts.settings.ansatze import Ansatz
from fewqubit.starts.settings.contest import Contest
from fewqubit.starts.settings.families import Family, OwnFamily
from fewqubit.starts.settings.starters import Starter

_FAMILIES: dict[str, type[Family]] = {**FAMILIES, "custom": OwnFamily}

if TYPE_CHECKING:
    AnyFamily, AnyAnsatz, AnyStarter = Family, Ansatz, Starter
else:
    AnyFamily = Annotated[
        Union[tuple(Annotated[value, Tag(kind)] for kind, value in _FAMILIES.items())],  # noqa: UP007
        Discriminator(tag_of("kind")),
    ]
    AnyAnsatz = Annotated[Union[tuple(ANSATZE.values())], Field(discriminator="kind")]  # noqa: UP007
    AnyStarter = Annotated[Union[tuple(STARTERS.values())], Field(discriminator="kind")]  # noqa: UP007


class ProblemSet(Section):
    """A family of problems, the ansatz that needs a start, and the contest of the starts."""

    family: AnyFamily
    ansatz: AnyAnsatz
    contest: Contest
