"""The transform from raw rows to features: scale, then PCA; fitted on meta-train classes only."""

from collections.abc import Mapping, Sequence
from math import prod
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from fewqubit.data.dataset import Features
from fewqubit.data.embeddings.settings import Embedding, packed, unpacked
from fewqubit.data.mixed.encoding import (
    Encoding,
    encode,
    fit_encoding,
    packed_encoding,
    unpacked_encoding,
)
from fewqubit.data.mixed.schema import Schema
from fewqubit.data.pictures.settings import Pictures
from fewqubit.data.principal import principal
from fewqubit.data.raw import as_float
from fewqubit.data.whiten import within_classes
from fewqubit.errors import DataError, SettingsError
from fewqubit.io.cards import read_card, write_card
from fewqubit.io.files import read_npz, write_npz

FORMAT = 2
UPDATE = "adapter/"  # stands before the names of arrays that fine-tuning added to the encoder
BLOCK = 8192  # rows transformed at a time, so that memory does not grow with the data
LARGEST = 1e12  # of a feature: its square, and a sum of many, fit single precision
BLUR = 0.01  # of a deviation, that rounding to single precision may cost


class Transform(NamedTuple):
    """features = components · (flat(factor · (encode(raw) − shift)) − mean).

    A part that is None is absent.
    Computed in double precision, so that seconds since 1970 keep what tells them apart.

    raw_shape:      shape of one raw row
    flatten:        whether features are one vector; PCA always makes one
    shift, factor:  of the shape of a row
    mean:           [d], d numbers in a raw row
    components:     [k, d]: orthonormal rows, or a whitening, or the one after the other
    columns:        names of the d numbers, if they have any
    pictures:       how a picture file becomes a raw row, if it does
    encoding:       of a table that is not all numbers; scaled are its amounts alone
    embedding:      of texts, of whose vectors these are the features
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


def fit(
    rows: np.ndarray,
    settings: Features,
    schema: Schema | None = None,
    y: Int[np.ndarray, " N"] | None = None,
) -> Transform:
    """The transform of ``settings`` fitted on ``rows`` [N, *raw], which must be meta-train's alone.

    ``schema`` says what the numbers of a row mean, where they are not simply numbers; ``y`` are
    the classes, which whitening needs.

    Raises DataError if PCA is asked for more components than the rows can have, or if unscaled
    features differ by less than single precision can tell.
    """
    flatten = settings.flatten or settings.pca is not None or settings.whiten is not None
    transform, plain = Transform(rows.shape[1:], flatten), rows
    if schema is not None:
        encoding = fit_encoding(rows, schema)
        transform, plain = transform._replace(encoding=encoding), encode(encoding, rows)
    if settings.scale != "none":
        shift, factor = _scaling(as_float(plain), settings.scale)
        if transform.encoding is not None:
            marks = slice(len(transform.encoding.fills), None)
            shift[marks], factor[marks] = 0, 1
        transform = transform._replace(shift=shift, factor=factor)
    elif settings.pca is None and settings.whiten is None:
        _check_sharp(plain)
    if settings.whiten is not None:
        mean, whole = _whitening(apply_all(transform, rows), y, settings)
        transform = transform._replace(mean=mean, components=whole)
    if settings.pca is not None:
        mean, components = principal(apply_all(transform, rows), settings.pca)
        if transform.components is None:
            return transform._replace(mean=mean, components=components)
        # P (W (x − m) − n) = P W (x − (m + W⁻¹ n)), and n is 0 but for rounding
        transform = transform._replace(components=components @ transform.components)
    return transform


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

    Where neither scaling nor PCA changes the numbers, uint8 levels stay uint8.
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
    """``columns``, or without any pixel_0, … of pictures and feature_0, … of other rows."""
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
    """Of the encoder, by fine-tuning, where there was some."""
    return {name[len(UPDATE) :]: one for name, one in arrays.items() if name.startswith(UPDATE)}


def _whitening(
    rows: np.ndarray, y: np.ndarray | None, settings: Features
) -> tuple[np.ndarray, np.ndarray]:
    if y is None:
        raise DataError("features.whiten: expected the classes of the rows, got none")
    if isinstance(settings.whiten, list) or isinstance(settings.between, list):
        raise SettingsError(
            f"features: expected one number of whiten and of between, got {settings.whiten} and "
            f"{settings.between}; only what has validation episodes of its own chooses from a list"
        )
    return within_classes(rows, y, settings.whiten or 0.0, settings.between)


def _scaling(rows: np.ndarray, scale: str) -> tuple[np.ndarray, np.ndarray]:
    """Shift and factor to [0, 1] or to zero mean and unit deviation; a constant feature gives 0."""
    low, high = (edge(rows, axis=0).astype(np.float64) for edge in (np.min, np.max))
    if scale == "minmax":
        shift, width = low, high - low
    else:
        shift = rows.mean(axis=0, dtype=np.float64)
        width = rows.std(axis=0, dtype=np.float64)
    constant = low == high  # where rounding may leave a mean beside them, a deviation above zero
    return np.where(constant, low, shift), 1 / np.where(constant, 1, width)


def _check_sharp(rows: np.ndarray) -> None:
    """Raise DataError if rounding to single precision blurs what tells rows apart."""
    if rows.dtype != np.float64:
        return
    flat = rows.reshape(len(rows), -1)
    lost = np.abs(flat - flat.astype(np.float32)).max(axis=0)
    blurred = lost > BLUR * flat.std(axis=0)
    if blurred.any() and (np.ptp(flat, axis=0) > 0)[blurred].any():
        place = int(np.argmax(blurred & (np.ptp(flat, axis=0) > 0)))
        raise DataError(
            f"feature {place} (of 0 … {flat.shape[1] - 1}) has numbers like {flat[0, place]:.15g}, "
            "whose differences single precision does not hold; set features.scale to standard or "
            "minmax"
        )


def _check_size(x: np.ndarray, lead: int) -> None:
    far = ~(np.abs(x) <= LARGEST)
    if far.any():
        place = np.argwhere(far)[0].tolist()
        raise DataError(
            f"row {place[0] + 1 if lead else 1} has the feature {x[tuple(place)]:g} after scaling, "
            f"beyond ±{LARGEST:g}; it is far outside of what the meta-train rows have: correct it "
            "or drop the row, or set features.scale"
        )
