"""Settings of pictures: size, fitting, channels."""

from typing import Annotated, Literal

from pydantic import Field

from fewqubit.base.values import Value


class Pictures(Value):
    """How picture files become rows.

    size:        side in pixels; rows are square
    fit:         ``pad`` shows all, on the background; ``crop`` cuts the longer side at both ends;
                 ``stretch`` changes the shape
    resample:    filter of the resizing
    channels:    ``grey`` (luma of ITU-R 601) or ``colour`` (red, green, blue)
    background:  grey level behind transparent pixels, and of the padding
    invert:      dark becomes bright: for ink on paper, since networks pad with 0
    """

    size: Annotated[int, Field(ge=4, le=512)] = 64
    fit: Literal["pad", "crop", "stretch"] = "pad"
    resample: Literal["lanczos", "bicubic", "bilinear", "box", "nearest"] = "lanczos"
    channels: Literal["grey", "colour"] = "colour"
    background: Annotated[int, Field(ge=0, le=255)] = 255
    invert: bool = False

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one row."""
        return (self.size, self.size, *((3,) if self.channels == "colour" else ()))

    def description(self) -> str:
        """A description of the conversion, for people."""
        ways = {"pad": "padded", "crop": "cropped", "stretch": "stretched"}
        inverted = ", inverted" if self.invert else ""
        return (
            f"{ways[self.fit]} and resized to {self.size} × {self.size} ({self.resample}), "
            f"{'in colour' if self.channels == 'colour' else 'grey'}{inverted}"
        )
