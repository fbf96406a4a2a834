"""Every way to go on, by the ``kind`` that params.yaml names. A new way is one new row."""

from typing import TYPE_CHECKING, Annotated, Union

from pydantic import Field

from fewqubit.streams.ewc import Ewc
from fewqubit.streams.fine_tune import FineTune
from fewqubit.streams.frozen import Frozen
from fewqubit.streams.gradient_projection import GradientProjection
from fewqubit.streams.joint import Joint
from fewqubit.streams.replay import Replay
from fewqubit.streams.way import Way

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
