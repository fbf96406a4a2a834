"""Adaptation in a server: supports and classes are padded to a few sizes.

Every new shape costs a compiled program, some megabytes and a second. A learner that ``pads``
ignores rows without a class and classes without rows, so that all supports have one of ``SHAPES``.
The user's own learners are not known to do so. They are adapted to as many shapes, those that come
first, and further shapes are refused.
"""

from collections.abc import Sequence
from typing import Any

import jax
import numpy as np
from numpy.typing import ArrayLike

from fewqubit.base.arithmetic import fixed
from fewqubit.base.io.finite import first_not_finite
from fewqubit.data.given.labels import given_labels
from fewqubit.errors import DataError
from fewqubit.predict.adapted import TOO_LARGE, AdaptedClassifier, learner_of
from fewqubit.predict.inputs import examples_of
from fewqubit.predict.programs import run
from fewqubit.predict.start import Start
from fewqubit.tasks.inputs import n_examples

ROWS = (8, 32, 128, 512, 1024)  # of a support
CLASSES = (5, 20, 100, 300)
SHAPES = 17  # of these rows and classes; there are no more classes than rows


class Adapting:
    """Adapts one training run of a meta-trained learner to supports, one after the other.

    start:  what was meta-learned;  seed: which training run, None: the best on validation
    """

    shapes: frozenset[tuple[int, int]] = frozenset()  # (rows, classes) that it has adapted to

    def __init__(self, start: Start, seed: int | None = None) -> None:
        validated = start.card["validation_accuracy"]
        self.start = start
        seed = int(np.argmax(validated)) if seed is None else seed
        self.params = start.of_seed(seed)
        calibrations = start.card.get("none_of_these")
        self.known = {} if calibrations is None else {"none_of_these": calibrations[seed]}

    def __call__(self, rows: Any, labels: ArrayLike) -> AdaptedClassifier:
        """The model that knows this task. Raises DataError: rows or labels are not as expected."""
        start = self.start
        with fixed():
            x = examples_of(rows, start.transform)
            classes, y = given_labels(labels, n_examples(x))
            n_rows, n_way = self._shape(n_examples(x), len(classes))
            x = jax.tree.map(lambda leaf: _padded(leaf, n_rows, leaf[0]), x)
            names = ("learner", "dataset", "arm", "settings")
            card = {name: start.card[name] for name in names} | self.known | {"n_support": n_rows}
            learner = learner_of(card | {"classes": range(n_way)}, start.transform)
            labels_in = _padded(y.astype(np.int32), n_rows, -1)
            adapted = run(learner.adapt, self.params, x, labels_in)
            adapted = jax.tree.map(np.asarray, adapted)
        if any(first_not_finite(leaf) is not None for leaf in jax.tree.leaves(adapted)):
            raise DataError(f"the support: {TOO_LARGE}")
        return AdaptedClassifier(start.transform, learner, adapted, card | {"classes": classes})

    def _shape(self, n_rows: int, n_way: int) -> tuple[int, int]:
        """The rows and classes to pad to. Raises DataError: there would be too many shapes."""
        if self.start.learner.pads:
            return _at_least(n_rows, ROWS), _at_least(n_way, CLASSES)
        shape = n_rows, n_way
        if shape not in self.shapes:
            if len(self.shapes) >= SHAPES:
                compiled = ", ".join(f"{rows} × {ways}" for rows, ways in sorted(self.shapes))
                raise DataError(
                    f"expected one of the {SHAPES} shapes, rows × classes, that this learner of "
                    f"your own has been compiled for, got {n_rows} × {n_way}; have: {compiled}"
                )
            self.shapes |= {shape}
        return shape


def _at_least(n: int, sizes: Sequence[int]) -> int:
    return next((size for size in sizes if size >= n), n)


def _padded(leaf: np.ndarray, n_rows: int, value: Any) -> np.ndarray:
    """``leaf`` with ``value`` in further rows: a row that is there, which any encoder can take."""
    leaf = np.asarray(leaf)
    filled = np.empty((max(n_rows, len(leaf)), *leaf.shape[1:]), leaf.dtype)
    filled[: len(leaf)], filled[len(leaf) :] = leaf, value
    return filled
