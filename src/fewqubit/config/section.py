"""What every part of params.yaml has in common."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Fraction = Annotated[float, Field(gt=0, lt=1)]


class Section(BaseModel):
    """A part of params.yaml: frozen, and every key in it must be known."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
