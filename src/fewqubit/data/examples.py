"""Stored examples: features and classes, as every later stage reads them."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from fewqubit.data.raw import as_float
from fewqubit.errors import ArtifactError
from fewqubit.io.files import read_npz, write_npz


class Examples(NamedTuple):
    """Features ``x`` [N, *feature] float32 and class ``y`` [N], an index into the class names."""

    x: Float[np.ndarray, "N ..."]
    y: Int[np.ndarray, " N"]


def save_examples(path: str | Path, x: np.ndarray, y: np.ndarray) -> None:
    """Write features and classes. ``x`` may be uint8, levels of 1/255: images at a quarter size."""
    kind = np.uint8 if x.dtype == np.uint8 else np.float32
    write_npz(path, {"x": np.asarray(x, kind), "y": np.asarray(y, np.int32)})


def load_examples(path: str | Path) -> Examples:
    """Read features as float32, whatever they are stored as, and classes.

    Raises ArtifactError if the file does not hold examples.
    """
    arrays = read_npz(path)
    if set(arrays) != {"x", "y"} or len(arrays["x"]) != len(arrays["y"]):
        raise ArtifactError(
            f"{path}: expected examples x and y of equal length, but it holds "
            f"{', '.join(arrays)}; run `dvc repro` to make it again"
        )
    return Examples(as_float(arrays["x"]), arrays["y"])
