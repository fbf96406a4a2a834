"""The transform from raw rows to features: scale, then PCA; ``fitted`` fits it."""

from collections.abc import Mapping, Sequence
from math import prod
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from fewqubit.base.io.cards import read_card, write_card
from fewqubit.base.io.files import read_npz, write_npz
from fewqubit.data.embeddings.embedding import Embedding, packed, unpacked
from fewqubit.data.mixed.encoding import (
    Encoding,
    encode,
    packed_encoding,
    unpacked_encoding,
)
from fewqubit.data.pictures.settings import Pictures
from fewqubit.data.raw import as_float
from fewqubit.errors import DataError

FORMAT = 2
UPDATE = "adapter/"  # prefix of the names of arrays that fine-tuning added to the encoder
BLOCK = 8192  # rows transformed at a time, so that memory does not grow with the data
LARGEST = 1e12  # of a feature: sums of many squares still fit single precision


class Transform(NamedTuple):
    """features = components · (flat(factor · (encode(raw) − shift)) − mean).

    A part that is None is left out. It is computed in double precision, so that seconds since 1970
    keep their differences.

    raw_shape:      shape of one raw row
    flatten:        whether features are one vector; PCA always makes one
    shift, factor:  of the shape of a row
    mean:           [d], d numbers in a raw row
    components:     [k, d]: orthonormal rows, a whitening, or the product of both
    columns:        names of the d numbers, if they have any
    pictures:       how a picture file becomes a raw row, if rows are pictures
    encoding:       of a table that is not all numbers; only its amounts are scaled
    embedding:      how texts became the raw rows, if rows are vectors of texts
    """

    raw_shape: tuple[int, ...]
    flatten: bool
    shift: np.ndarray | None = None
    factor: np.ndarray | None = None
    mean: np.ndarray | None = None
    components: np.ndarray | None = None
    columns: list[str] | None = None
    pictures: Pictures | None = None
    encoding: Encoding | None = None
    embedding: Embedding | None = None

    @property
    def encoded_shape(self) -> tuple[int, ...]:
        """Shape of one row before scaling."""
        return self.raw_shape if self.encoding is None else (self.encoding.width,)


def apply(transform: Transform, raw: np.ndarray) -> Float[np.ndarray, "..."]:
    """Features [..., *feature] float32 of raw rows [..., *raw].

    Raises DataError: rows of another shape, or features that are not finite or far too large.
    """
    shape = transform.raw_shape
    lead = raw.ndim - len(shape)
    if lead < 0 or raw.shape[lead:] != shape:
        raise DataError(f"expected rows of shape {list(shape)}, got an array {list(raw.shape)}")
    x = as_float(raw)
    if transform.encoding is not None:
        x = encode(transform.encoding, x)
    if transform.shift is not None:
        x = (x - transform.shift) * transform.factor
    if transform.flatten:
        x = x.reshape(*raw.shape[:lead], -1)
    if transform.components is not None:
        x = (x - transform.mean) @ transform.components.T
    _check_size(x, lead)
    return x.astype(np.float32, copy=False)


def apply_all(transform: Transform, raw: np.ndarray) -> np.ndarray:
    """``apply`` for a whole data set [N, *raw], in blocks.

    If neither scaling nor PCA changes the numbers, uint8 levels stay uint8.
    """
    features = (len(raw), *feature_shape(transform))
    if raw.dtype == np.uint8 and transform.shift is None and transform.components is None:
        return raw.reshape(features)
    out = np.empty(features, np.float32)
    for start in range(0, len(raw), BLOCK):
        out[start : start + BLOCK] = apply(transform, raw[start : start + BLOCK])
    return out


def feature_shape(transform: Transform) -> tuple[int, ...]:
    """Shape of one row of features."""
    if transform.components is not None:
        return (len(transform.components),)
    shape = transform.encoded_shape
    return (int(np.prod(shape)),) if transform.flatten else shape


def column_names(columns: Sequence[str] | None, shape: Sequence[int]) -> list[str]:
    """``columns``; if None, pixel_0, … for pictures and feature_0, … for other rows."""
    word = "pixel" if len(shape) > 1 else "feature"
    return list(columns or (f"{word}_{number}" for number in range(prod(shape))))


def save_transform(folder: str | Path, transform: Transform) -> None:
    """Write transform.npz (arrays) and its card, transform.json (shapes), into ``folder``."""
    fields = transform._asdict()
    shape, flatten = fields.pop("raw_shape"), fields.pop("flatten")
    header = {"format": FORMAT, "raw_shape": list(shape), "flatten": flatten}
    if (columns := fields.pop("columns")) is not None:
        header["columns"] = columns
    if (pictures := fields.pop("pictures")) is not None:
        header["pictures"] = pictures.model_dump()
    if (encoding := fields.pop("encoding")) is not None:
        header["encoding"] = packed_encoding(encoding)
    arrays = {}
    if (embedding := fields.pop("embedding")) is not None:
        header["embedding"] = packed(embedding)
        update = {} if embedding.adapter is None else embedding.adapter.weights
        arrays = {UPDATE + name: array for name, array in update.items()}
    arrays |= {name: array for name, array in fields.items() if array is not None}
    write_npz(Path(folder) / "transform.npz", arrays)
    write_card(Path(folder) / "transform.json", header, ["transform.npz"])


def load_transform(folder: str | Path) -> Transform:
    """Read a transform.

    Raises ArtifactError if a file is missing, of another format or not as it was written.
    """
    folder = Path(folder)
    header = read_card(folder / "transform.json", ["transform.npz"], format=FORMAT)
    arrays = read_npz(folder / "transform.npz")
    return Transform(
        tuple(header["raw_shape"]),
        header["flatten"],
        arrays.get("shift"),
        arrays.get("factor"),
        arrays.get("mean"),
        arrays.get("components"),
        header.get("columns"),
        Pictures(**header["pictures"]) if "pictures" in header else None,
        unpacked_encoding(header["encoding"]) if "encoding" in header else None,
        unpacked(header["embedding"], _update(arrays)) if "embedding" in header else None,
    )


def _update(arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The arrays that fine-tuning added to the encoder; empty without fine-tuning."""
    return {name[len(UPDATE) :]: one for name, one in arrays.items() if name.startswith(UPDATE)}


def _check_size(x: np.ndarray, lead: int) -> None:
    far = ~(np.abs(x) <= LARGEST)
    if far.any():
        place = np.argwhere(far)[0].tolist()
        raise DataError(
            f"row {place[0] + 1 if lead else 1} has the feature {x[tuple(place)]:g} after scaling, "
            f"beyond ±{LARGEST:g}; it is far outside of what the meta-train rows have: correct it "
            "or drop the row, or set features.scale"
        )
