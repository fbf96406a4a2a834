"""The transform from raw rows to features: scale, then PCA; fitted on meta-train classes only."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from fewqubit.config import Features
from fewqubit.data.raw import as_float
from fewqubit.errors import ArtifactError, DataError
from fewqubit.files import read_json, read_npz, write_json, write_npz

FORMAT = 1
BLOCK = 8192  # rows transformed at a time, so that memory does not grow with the data


class Transform(NamedTuple):
    """features = components · (flat(factor · (raw − shift)) − mean); an absent part is None.

    raw_shape:      shape of one raw row
    flatten:        whether features are one vector; PCA always makes one
    shift, factor:  of the shape of a row
    mean:           [d], d numbers in a raw row
    components:     [k, d], orthonormal rows
    """

    raw_shape: tuple[int, ...]
    flatten: bool
    shift: np.ndarray | None = None
    factor: np.ndarray | None = None
    mean: np.ndarray | None = None
    components: np.ndarray | None = None


def fit(rows: np.ndarray, settings: Features) -> Transform:
    """The transform of ``settings`` fitted on ``rows`` [N, *raw], which must be meta-train's alone.

    Raises DataError if PCA is asked for more components than the rows can have.
    """
    flatten = settings.flatten or settings.pca is not None
    transform = Transform(rows.shape[1:], flatten)
    if settings.scale != "none":
        shift, factor = _scaling(as_float(rows), settings.scale)
        transform = transform._replace(shift=shift, factor=factor)
    if settings.pca is not None:
        mean, components = _principal(apply_all(transform, rows), settings.pca)
        transform = transform._replace(mean=mean, components=components)
    return transform


def apply(transform: Transform, raw: np.ndarray) -> Float[np.ndarray, "..."]:
    """Features [..., *feature] float32 of raw rows [..., *raw]; DataError on another shape."""
    shape = transform.raw_shape
    lead = raw.ndim - len(shape)
    if lead < 0 or raw.shape[lead:] != shape:
        raise DataError(f"expected rows of shape {list(shape)}, got an array {list(raw.shape)}")
    x = as_float(raw)
    if transform.shift is not None:
        x = (x - transform.shift) * transform.factor
    if transform.flatten:
        x = x.reshape(*raw.shape[:lead], -1)
    if transform.components is not None:
        x = (x - transform.mean) @ transform.components.T
    return x


def apply_all(transform: Transform, raw: np.ndarray) -> np.ndarray:
    """``apply`` for a whole data set [N, *raw], in blocks.

    Where neither scaling nor PCA changes the numbers, uint8 levels stay uint8.
    """
    features = (len(raw), *feature_shape(transform))
    if transform.shift is None and transform.components is None:
        return raw.reshape(features)
    out = np.empty(features, np.float32)
    for start in range(0, len(raw), BLOCK):
        out[start : start + BLOCK] = apply(transform, raw[start : start + BLOCK])
    return out


def feature_shape(transform: Transform) -> tuple[int, ...]:
    """Shape of one row of features."""
    if transform.components is not None:
        return (len(transform.components),)
    return (int(np.prod(transform.raw_shape)),) if transform.flatten else transform.raw_shape


def save_transform(folder: str | Path, transform: Transform) -> None:
    """Write transform.json (shapes) and transform.npz (arrays) into ``folder``."""
    fields = transform._asdict()
    shape, flatten = fields.pop("raw_shape"), fields.pop("flatten")
    header = {"format": FORMAT, "raw_shape": list(shape), "flatten": flatten}
    arrays = {name: array for name, array in fields.items() if array is not None}
    write_npz(Path(folder) / "transform.npz", arrays)
    write_json(Path(folder) / "transform.json", header)


def load_transform(folder: str | Path) -> Transform:
    """Read a transform. Raises ArtifactError if a file is missing or of another format."""
    path = Path(folder) / "transform.json"
    header = read_json(path)
    if header.get("format") != FORMAT:
        raise ArtifactError(
            f"{path}: expected format {FORMAT}, got {header.get('format')}; "
            "run `dvc repro` to make it again"
        )
    arrays = read_npz(Path(folder) / "transform.npz")
    return Transform(tuple(header["raw_shape"]), header["flatten"], **arrays)


def _scaling(rows: np.ndarray, scale: str) -> tuple[np.ndarray, np.ndarray]:
    """Shift and factor to [0, 1] or to zero mean and unit deviation; a constant feature gives 0."""
    if scale == "minmax":
        shift, width = rows.min(axis=0), np.ptp(rows, axis=0)
    else:
        shift = rows.mean(axis=0, dtype=np.float64)
        width = rows.std(axis=0, dtype=np.float64)
    constant = np.ptp(rows, axis=0) == 0  # where rounding may leave a deviation above zero
    factor = 1 / np.where(constant, 1, width)
    return shift.astype(np.float32), factor.astype(np.float32)


def _principal(rows: np.ndarray, n_components: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean and leading eigenvectors of the covariance, each with its largest entry positive."""
    n_rows, width = rows.shape
    if n_components > min(n_rows, width):
        raise DataError(
            f"features.pca = {n_components}, but {n_rows} meta-train rows of {width} numbers have "
            f"at most {min(n_rows, width)} components; lower it"
        )
    mean = as_float(rows).mean(axis=0, dtype=np.float64)
    covariance = np.zeros((width, width))
    for start in range(0, n_rows, BLOCK):
        block = as_float(rows[start : start + BLOCK]) - mean
        covariance += block.T @ block
    vectors = np.linalg.eigh(covariance)[1].T[::-1][:n_components]
    largest = np.abs(vectors).argmax(axis=1)[:, None]
    vectors = vectors * np.sign(np.take_along_axis(vectors, largest, axis=1))
    return mean.astype(np.float32), vectors.astype(np.float32)
