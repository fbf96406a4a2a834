"""Stored examples: features and classes, as every later stage reads them."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from fewqubit.base.io.files import read_npz, write_npz
from fewqubit.data.raw import Sentences, as_float
from fewqubit.errors import ArtifactError


class Examples(NamedTuple):
    """Features ``x`` [N, *feature] float32 and class ``y`` [N], an index into the class names."""

    x: Float[np.ndarray, "N ..."]
    y: Int[np.ndarray, " N"]


def save_examples(
    path: str | Path,
    x: np.ndarray,
    y: np.ndarray,
    sentences: Sentences | None = None,
    targets: np.ndarray | None = None,
) -> None:
    """Write features and classes. ``x`` may be uint8, levels of 1/255: images at a quarter size.

    ``sentences`` are stored if rows are words, ``targets`` if the task is regression.
    """
    kind = np.uint8 if x.dtype == np.uint8 else np.float32
    arrays = {"x": np.asarray(x, kind), "y": np.asarray(y, np.int32)}
    if sentences is not None:
        arrays |= {name: np.asarray(part, np.int32) for name, part in sentences._asdict().items()}
    if targets is not None:
        arrays["targets"] = np.asarray(targets, np.float32)
    write_npz(path, arrays)


def load_examples(path: str | Path) -> Examples:
    """Read features, converted to float32, and classes.

    Raises ArtifactError if the file does not hold examples.
    """
    arrays = read_npz(path)
    if not {"x", "y"} <= set(arrays) or len(arrays["x"]) != len(arrays["y"]):
        raise ArtifactError(
            f"{path}: expected examples x and y of equal length, but it holds "
            f"{', '.join(arrays)}; run `dvc repro` to make it again"
        )
    return Examples(as_float(arrays["x"]), arrays["y"])


def load_sentences(path: str | Path) -> Sentences | None:
    """Which rows form a sentence; None if rows are not words."""
    arrays = read_npz(path)
    if "starts" not in arrays:
        return None
    starts, spans, parts = (arrays[name] for name in ("starts", "spans", "parts"))
    return Sentences(starts, spans, parts, tuple(arrays["outside"].tolist()))


def load_targets(path: str | Path) -> Float[np.ndarray, "N 1"] | None:
    """The number of each row, scaled by its spread in meta-train; None for classification."""
    targets = read_npz(path).get("targets")
    return None if targets is None else targets[:, None]
