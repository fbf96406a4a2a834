"""Settings as small frozen values with plain arguments, checked on construction."""

from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, dataclass_transform

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer, ValidationError

from fewqubit.base.reading import one_line
from fewqubit.base.usercode import parts
from fewqubit.errors import SettingsError

Fraction = Annotated[float, Field(gt=0, lt=1)]
Seed = Annotated[int, Field(ge=0, lt=2**63)]
Repeats = Annotated[int, Field(ge=1, le=1000)]  # of gates, layers, blocks: compiled one by one
Some = Annotated[int, Field(ge=1, le=10_000)]  # things that are in memory together
Many = Annotated[int, Field(ge=1, le=10_000_000)]  # things that follow one another
Width = Annotated[int, Field(ge=1, le=8192)]  # of a layer; its weights grow with the square
AS_LIST = PlainSerializer(list)  # of a tuple: what YAML and JSON make of it


class Section(BaseModel):
    """A part of params.yaml; it is frozen, and unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


@dataclass_transform(kw_only_default=False, field_specifiers=(Field,))
class Value(Section):
    """A section that can also be made in Python, as ``Circuit("zz", n_qubits=4)``.

    Arguments are given by name, or by position in the order of the fields. ``repr`` shows what
    differs from the defaults and can be pasted back; equal values have equal hashes.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Raises SettingsError, in one line: an argument is unknown, missing or out of range."""
        fields = type(self).model_fields
        if len(args) > len(fields):
            raise SettingsError(
                f"{type(self).__name__} takes at most {len(fields)} arguments, got {len(args)}"
            )
        by_place = dict(zip(fields, args, strict=False))
        if twice := sorted(by_place.keys() & kwargs.keys()):
            raise SettingsError(f"{type(self).__name__}: {twice[0]} is given twice; once is enough")
        try:
            self.__pydantic_validator__.validate_python(by_place | kwargs, self_instance=self)
        except ValidationError as error:
            raise SettingsError(f"{type(self).__name__}: {one_line(error)}") from None

    # What YAML holds is validated without __init__, so that faults are told with their place.
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]

    def __hash__(self) -> int:
        return hash((type(self), self.model_dump_json()))

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            if field.is_required() or value != field.get_default(call_default_factory=True):
                yield name, value


def distinct(values: list[Any]) -> list[Any]:
    """``values``, if none is there twice. Raises ValueError."""
    twice = sorted({str(value) for value in values if values.count(value) > 1})
    if twice:
        raise ValueError(f"{', '.join(twice)} more than once; once is enough")
    return values


def _import_path(path: str) -> str:
    parts(path)
    return path


ImportPath = Annotated[str, AfterValidator(_import_path)]


def tag_of(key: str) -> Callable[[Any], str]:
    """The tag of settings: the value of ``key``, or ``custom`` for an import path."""

    def tag(value: Any) -> str:
        name = value.get(key) if isinstance(value, Mapping) else getattr(value, key, None)
        return "custom" if ":" in str(name) else str(name)

    return tag
