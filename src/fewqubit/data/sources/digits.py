"""scikit-learn's handwritten digits: 1797 images of 8 × 8, nothing to download."""

import numpy as np

from fewqubit.data.raw import RawData
from fewqubit.data.settings import Digits
from fewqubit.data.sources.rotations import turned_classes

INK = np.float32(16)


def read_digits(settings: Digits) -> RawData:
    """Chosen rotations of chosen digits as classes, [N, 8, 8], ink in [0, 1].

    Some digits look like themselves upside down (0, 1, 8) or like another digit (6 and 9). They
    must not become two classes with the same images: docs/data.md says which rotations differ.
    """
    from sklearn.datasets import load_digits  # takes seconds; other sources do not need it

    digits = load_digits()
    images = digits.images.astype(np.float32) / INK
    rotations = {str(digit): turns for digit, turns in settings.rotations.items()}
    return turned_classes(images, digits.target, [str(digit) for digit in range(10)], rotations)
