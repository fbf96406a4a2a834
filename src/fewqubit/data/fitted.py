"""The transform to features, fitted on meta-train classes only."""

import numpy as np
from jaxtyping import Int

from fewqubit.data.dataset import Features
from fewqubit.data.features import Transform, apply_all
from fewqubit.data.mixed.encoding import encode, fit_encoding
from fewqubit.data.mixed.schema import Schema
from fewqubit.data.principal import principal
from fewqubit.data.raw import as_float
from fewqubit.data.whiten import within_classes
from fewqubit.errors import DataError, SettingsError

BLUR = 0.01  # largest rounding error of single precision, in standard deviations


def fit(
    rows: np.ndarray,
    settings: Features,
    schema: Schema | None = None,
    y: Int[np.ndarray, " N"] | None = None,
) -> Transform:
    """The transform of ``settings`` fitted on ``rows`` [N, *raw] of meta-train classes only.

    ``schema`` says what the numbers of a row mean, if they are codes or have gaps; ``y`` are the
    classes, which whitening needs.

    Raises DataError: PCA is asked for more components than the rows can have, or unscaled features
    differ by less than single precision resolves.
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
        mean, whitener = _whitening(apply_all(transform, rows), y, settings)
        transform = transform._replace(mean=mean, components=whitener)
    if settings.pca is not None:
        mean, components = principal(apply_all(transform, rows), settings.pca)
        if transform.components is None:
            return transform._replace(mean=mean, components=components)
        # P (W (x − m) − n) = P W (x − (m + W⁻¹ n)), and n is 0 but for rounding
        transform = transform._replace(components=components @ transform.components)
    return transform


def _whitening(
    rows: np.ndarray, y: np.ndarray | None, settings: Features
) -> tuple[np.ndarray, np.ndarray]:
    if y is None:
        raise DataError("features.whiten: expected the classes of the rows, got none")
    whiten, between, contrast = settings.whiten, settings.between, settings.contrast
    if isinstance(whiten, list) or isinstance(between, list) or isinstance(contrast, list):
        raise SettingsError(
            f"features: expected one number each of whiten, between and contrast, got {whiten}, "
            f"{between} and {contrast}; only what has validation episodes of its own chooses from "
            "a list"
        )
    return within_classes(rows, y, whiten or 0.0, between, contrast)


def _scaling(rows: np.ndarray, scale: str) -> tuple[np.ndarray, np.ndarray]:
    """Shift and factor to [0, 1] or to zero mean and unit variance; a constant feature gives 0."""
    low, high = (edge(rows, axis=0).astype(np.float64) for edge in (np.min, np.max))
    if scale == "minmax":
        shift, width = low, high - low
    else:
        shift = rows.mean(axis=0, dtype=np.float64)
        width = rows.std(axis=0, dtype=np.float64)
    constant = low == high  # where rounding may leave a mean beside them, a deviation above zero
    return np.where(constant, low, shift), 1 / np.where(constant, 1, width)


def _check_sharp(rows: np.ndarray) -> None:
    """Raise DataError if rounding to single precision hides the differences between rows."""
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
