"""Every way to go on learning, by its ``kind`` in params.yaml. A new way is one new row."""

from typing import TYPE_CHECKING, Annotated, Union

from pydantic import Field

from fewqubit.meta.streams.settings import (
    Ewc,
    FineTune,
    Frozen,
    GradientProjection,
    Joint,
    Replay,
    Way,
)

WAYS: dict[str, type[Way]] = {
    "frozen": Frozen,
    "fine_tune": FineTune,
    "replay": Replay,
    "ewc": Ewc,
    "gradient_projection": GradientProjection,
    "joint": Joint,
}

if TYPE_CHECKING:
    AnyWay = Way
else:
    AnyWay = Annotated[Union[tuple(WAYS.values())], Field(discriminator="kind")]  # noqa: UP007
