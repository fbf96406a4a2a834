"""Answers from logits: the largest wins, ties share."""

from typing import TypeVar

import jax
import numpy as np

AnyArray = TypeVar("AnyArray", np.ndarray, jax.Array)


def shares(logits: AnyArray) -> AnyArray:
    """One-hot answers [..., n_way]; t tied largest logits share the answer, 1/t each.

    Ties happen: before adaptation every class looks the same, and taking the first of them would
    report the frequency of label 0.
    """
    largest = logits == logits.max(-1, keepdims=True)
    return largest / largest.sum(-1, keepdims=True)
