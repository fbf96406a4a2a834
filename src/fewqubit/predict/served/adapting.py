"""Adaptation for a process that lives long: supports and classes are padded to a few sizes.

Every new shape costs a compiled program, some megabytes and a second. A learner whose ``pads`` is
true ignores rows without a class and classes without rows, so that shapes are few; others compile
for each shape, and the oldest of 32 programs makes way (``fewqubit.predict.programs``).
"""

from collections.abc import Sequence
from typing import Any

import jax
import numpy as np
from numpy.typing import ArrayLike

from fewqubit.base.arithmetic import fixed
from fewqubit.data.given.labels import given_labels
from fewqubit.errors import DataError
from fewqubit.io.finite import first_not_finite
from fewqubit.predict.adapted import TOO_LARGE, AdaptedClassifier, learner_of
from fewqubit.predict.inputs import examples_of
from fewqubit.predict.programs import run
from fewqubit.predict.start import Start
from fewqubit.tasks.inputs import n_examples

ROWS = (8, 16, 32, 64, 128, 256, 512, 1024)  # of a support
CLASSES = (2, 5, 10, 20, 50, 100, 300)


class Adapting:
    """Adapts one training run of a meta-trained learner to supports, one after the other.

    start:  what was meta-learned;  seed: which training run, None: the best on validation
    """

    def __init__(self, start: Start, seed: int | None = None) -> None:
        validated = start.card["validation_accuracy"]
        self.start = start
        seed = int(np.argmax(validated)) if seed is None else seed
        self.params = start.of_seed(seed)
        told = start.card.get("none_of_these")
        self.known = {} if told is None else {"none_of_these": told[seed]}

    def __call__(self, rows: Any, labels: ArrayLike) -> AdaptedClassifier:
        """The model that knows this task. Raises DataError: rows or labels are not as expected."""
        start = self.start
        with fixed():
            x = examples_of(rows, start.transform)
            classes, y = given_labels(labels, n_examples(x))
            n_rows, n_way = _sizes(start, n_examples(x), len(classes))
            x = jax.tree.map(lambda leaf: _padded(leaf, n_rows, 0), x)
            names = ("learner", "dataset", "arm", "settings")
            card = {name: start.card[name] for name in names} | self.known | {"n_support": n_rows}
            learner = learner_of(card | {"classes": range(n_way)}, start.transform)
            labels_in = _padded(y.astype(np.int32), n_rows, -1)
            adapted = run(learner.adapt, self.params, x, labels_in)
            adapted = jax.tree.map(np.asarray, adapted)
        if any(first_not_finite(leaf) is not None for leaf in jax.tree.leaves(adapted)):
            raise DataError(f"the support: {TOO_LARGE}")
        return AdaptedClassifier(start.transform, learner, adapted, card | {"classes": classes})


def _sizes(start: Start, n_rows: int, n_way: int) -> tuple[int, int]:
    if not start.learner.pads:
        return n_rows, n_way
    return _at_least(n_rows, ROWS), _at_least(n_way, CLASSES)


def _at_least(n: int, sizes: Sequence[int]) -> int:
    return next((size for size in sizes if size >= n), n)


def _padded(leaf: np.ndarray, n_rows: int, value: int) -> np.ndarray:
    fill = np.full((n_rows - len(leaf), *leaf.shape[1:]), value, leaf.dtype)
    return np.concatenate([np.asarray(leaf), fill])
