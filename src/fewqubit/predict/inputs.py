"""From a caller's input to examples: rows of numbers by a transform, parts unchanged.

``Transform`` is for tables and images. ``Parts`` is for examples of several arrays, such as tokens
and their mask: they are checked against what was trained on, and otherwise left alone.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeGuard

import jax
import numpy as np

from fewqubit.base.io.cards import read_card, write_card
from fewqubit.data import Transform, apply, load_transform, save_transform
from fewqubit.data import feature_shape as features_of_rows
from fewqubit.data.embeddings.embedding import Embedding
from fewqubit.data.embeddings.settings import Embed
from fewqubit.data.features import FORMAT, column_names
from fewqubit.errors import DataError
from fewqubit.predict.door import rows_as_in_training
from fewqubit.tasks.inputs import (
    FeatureShape,
    Inputs,
    feature_shape_of,
    shape_as_json,
    shape_from,
    shape_text,
)

HEADER, ARRAYS = "transform.json", "transform.npz"


class Parts(NamedTuple):
    """Examples of several arrays, by name.

    example:  name -> shape and type of that part of one example
    """

    example: dict[str, jax.ShapeDtypeStruct]


AnyTransform = Transform | Parts


def has_parts(X: object) -> TypeGuard[Mapping[str, Any]]:
    """Whether ``X`` holds several arrays by name, and is no table."""
    return isinstance(X, Mapping) and not hasattr(X, "toarray")  # a sparse array may be a dict


def checked_parts(X: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """The arrays of ``X``, equally long, by name in alphabetical order; types are kept.

    Raises DataError: no array, none of numbers or booleans, unequal lengths, NaN or infinity.
    """
    if not X or not all(isinstance(name, str) for name in X):
        raise DataError(f"expected arrays by name, such as tokens and mask, got {X!r:.60}")
    parts = {name: np.asarray(X[name]) for name in sorted(X)}
    for name, part in parts.items():
        if part.dtype.kind not in "biuf" or part.ndim == 0 or len(part) == 0:
            raise DataError(
                f"part '{name}': expected an array with a row for each example, of numbers or "
                f"booleans, got {part.dtype}{list(part.shape)}"
            )
        if part.dtype.kind == "f" and not np.isfinite(part).all():
            row = int(np.argwhere(~np.isfinite(part))[0][0])
            raise DataError(f"part '{name}', row {row + 1}: expected numbers, got NaN or infinity")
    lengths = {name: len(part) for name, part in parts.items()}
    if len({*lengths.values()}) > 1:
        raise DataError(f"expected parts with equally many examples, got {lengths}")
    return {name: _as_held(part) for name, part in parts.items()}


def _as_held(part: np.ndarray) -> np.ndarray:
    """As the type that JAX uses in single precision."""
    if part.dtype.kind == "f":
        return part.astype(np.float32)
    if part.dtype.itemsize < 8:
        return part
    if part.min() < np.iinfo(np.int32).min or part.max() > np.iinfo(np.int32).max:
        raise DataError("expected whole numbers of 32 bits in every part; number tokens from 0")
    return part.astype(np.int32)


def parts_of(X: Mapping[str, Any]) -> Parts:
    """Shapes and types of one example of ``X``."""
    return Parts(feature_shape_of(checked_parts(X)))


def examples_of(X: Any, transform: AnyTransform) -> Inputs:
    """The features of ``X`` as in training. Raises DataError: they are not."""
    if isinstance(transform, Transform):
        return apply(transform, rows_as_in_training(X, transform))
    if not has_parts(X):
        raise DataError(
            f"expected arrays by name, {shape_text(transform.example)} for an example, got "
            f"{type(X).__name__}"
        )
    parts = checked_parts(X)
    came = feature_shape_of(parts)
    if came != transform.example:
        raise DataError(
            f"expected {shape_text(transform.example)} for an example, as in training, got "
            f"{shape_text(came)}"
        )
    return parts


def example_shape(transform: AnyTransform) -> FeatureShape:
    """Shape of the features of one example."""
    return features_of_rows(transform) if isinstance(transform, Transform) else transform.example


def knowing(embedding: Embedding | None, transform: AnyTransform) -> AnyTransform:
    """``transform``, with the encoder that made its rows of texts."""
    if embedding is None or not isinstance(transform, Transform):
        return transform
    return transform._replace(embedding=embedding)


def embed_of(transform: AnyTransform) -> Embed | None:
    """The frozen encoder of texts, if there is one."""
    embedding = transform.embedding if isinstance(transform, Transform) else None
    return None if embedding is None else embedding.embed


def names_of(transform: AnyTransform) -> list[str]:
    """Columns of a row, or the parts of an example."""
    if isinstance(transform, Transform):
        return column_names(transform.columns, transform.raw_shape)
    return list(transform.example)


def save_any(folder: Path, transform: AnyTransform) -> None:
    """Write transform.json, and the arrays of a transform beside it, into ``folder``."""
    if isinstance(transform, Transform):
        save_transform(folder, transform)
    else:
        write_card(folder / HEADER, {"format": FORMAT, "parts": shape_as_json(transform.example)})


def load_any(folder: Path) -> AnyTransform:
    """Read what ``save_any`` wrote."""
    card = read_card(folder / HEADER, format=FORMAT)
    return Parts(shape_from(card["parts"])) if "parts" in card else load_transform(folder)


def files_of(transform: AnyTransform) -> tuple[str, ...]:
    """What ``save_any`` writes."""
    return (HEADER, ARRAYS) if isinstance(transform, Transform) else (HEADER,)
