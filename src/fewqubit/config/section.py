"""What every part of params.yaml has in common."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

Fraction = Annotated[float, Field(gt=0, lt=1)]


def tag_of(key: str) -> Callable[[Any], str]:
    """The tag of settings: what stands under ``key``, or ``custom`` for an import path."""

    def tag(value: Any) -> str:
        name = value.get(key) if isinstance(value, Mapping) else getattr(value, key, None)
        return "custom" if ":" in str(name) else str(name)

    return tag


class Section(BaseModel):
    """A part of params.yaml: frozen, and every key in it must be known."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
