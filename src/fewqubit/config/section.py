"""What every part of params.yaml has in common."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from fewqubit.usercode import parts

Fraction = Annotated[float, Field(gt=0, lt=1)]
Seed = Annotated[int, Field(ge=0, lt=2**63)]
Repeats = Annotated[int, Field(ge=1, le=1000)]  # of gates, layers, blocks: compiled one by one
Some = Annotated[int, Field(ge=1, le=10_000)]  # that are in memory side by side
Many = Annotated[int, Field(ge=1, le=10_000_000)]  # that follow one another
Width = Annotated[int, Field(ge=1, le=8192)]  # of a layer, whose weights are a square of it


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
    """The tag of settings: what stands under ``key``, or ``custom`` for an import path."""

    def tag(value: Any) -> str:
        name = value.get(key) if isinstance(value, Mapping) else getattr(value, key, None)
        return "custom" if ":" in str(name) else str(name)

    return tag


class Section(BaseModel):
    """A part of params.yaml: frozen, and every key in it must be known."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)
