"""Pictures that a test draws: scikit-learn's digits as files of many kinds, in class folders."""

import io
from pathlib import Path

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits

KINDS = (("png", "L"), ("webp", "RGB"), ("tif", "1"), ("bmp", "P"), ("JPG", "RGB"), ("png", "RGBA"))


def draw_digits(top: Path, n_classes: int, n_each: int) -> Path:
    """Dark ink on light paper; kinds of file and sizes change from one to the next."""
    digits = load_digits()
    for number in range(n_classes):
        folder = top / f"digit {number}"
        folder.mkdir(parents=True)
        rows = np.flatnonzero(digits.target == number)[:n_each]
        for place, row in enumerate(rows.tolist()):
            suffix, mode = KINDS[place % len(KINDS)]
            ink = Image.fromarray((255 - digits.images[row] * 255 / 16).astype(np.uint8))
            size = 24 + 3 * (place % 4), 24 + 5 * (row % 3)
            ink.resize(size, Image.Resampling.BICUBIC).convert(mode).save(
                folder / f"{place}.{suffix}"
            )
    return top


def as_bytes(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    """A file in memory."""
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()
