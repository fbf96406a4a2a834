"""Sections of learners: the settings from ``fewqubit.meta``, and those that the pipeline adds."""

import copyreg
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, Union

from pydantic import Discriminator, Field, Tag, create_model

from fewqubit.base.values import Section, tag_of
from fewqubit.errors import SettingsError
from fewqubit.meta.registry import LEARNERS
from fewqubit.meta.settings.learner import Learner
from fewqubit.meta.settings.own import OwnLearner, in_memory
from fewqubit.models.arm_names import Arm
from fewqubit.models.settings import ENCODERS, OwnEncoder


class Seeded(Section):
    """Settings that the pipeline adds to a learner: ``seeds`` is the number of training runs.

    ``per_arm`` overrides settings in one arm, such as ``{twin: {training: {steps: 100}}}``.
    """

    seeds: Annotated[int, Field(ge=1, le=100)] = 5
    per_arm: dict[Arm, dict[str, Any]] = {}


def _section(value: type[Learner]) -> type[Any]:
    """A section with the fields of ``value``, so that they are declared only once."""
    return create_model(value.__name__, __base__=(Seeded, value), __doc__=value.__doc__)


_VALUES: dict[str, type[Learner]] = {**LEARNERS, "custom": OwnLearner}
_ENCODERS = (*ENCODERS.values(), OwnEncoder)
SECTIONS = {kind: _section(value) for kind, value in _VALUES.items()}

if TYPE_CHECKING:

    class AnyLearner(Seeded, Learner):
        """The section of some learner."""

else:
    AnyLearner = Annotated[
        Union[tuple(Annotated[section, Tag(kind)] for kind, section in SECTIONS.items())],  # noqa: UP007
        Discriminator(tag_of("kind")),
    ]


def section_of(learner: object, seeds: int) -> AnyLearner:
    """The section that describes ``learner``, as params.yaml would.

    A learner of a class that settings cannot name can be restored in this process only.
    Raises SettingsError: it is no learner, or settings cannot name the class of its encoder.
    """
    known = {*_VALUES.values(), *SECTIONS.values()}
    value: Learner = learner if type(learner) in known else in_memory(learner)  # type: ignore
    if type(value.encoder) not in _ENCODERS:
        raise SettingsError(
            f"{type(value.encoder).__name__}: a class of your own has no name by which a saved "
            "model finds it again; write a function that builds it and name it, as in "
            "OwnEncoder(kind='own.parts:function')"
        )
    values = {name: getattr(value, name) for name in type(value).model_fields}
    return SECTIONS[tag_of("kind")(value)](**values | {"seeds": seeds})


def _described(kind: str, values: dict[str, Any]) -> AnyLearner:
    return SECTIONS[kind](**values)


def _reduced(section: AnyLearner) -> tuple[Callable[..., AnyLearner], tuple[str, dict[str, Any]]]:
    return _described, (tag_of("kind")(section), section.model_dump())


# Trials of a search run in other processes. Sections are created at run time, so pickle cannot find
# their classes by name; it needs these reducers.
for _section in SECTIONS.values():
    copyreg.pickle(_section, _reduced)
