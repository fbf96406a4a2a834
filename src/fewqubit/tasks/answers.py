"""Answers from logits: the largest logit wins; ties share."""

from typing import TypeVar

import jax
import numpy as np

AnyArray = TypeVar("AnyArray", np.ndarray, jax.Array)


def shares(logits: AnyArray) -> AnyArray:
    """One-hot answers [..., n_way]; t tied largest logits share the answer, 1/t each.

    Ties happen: before adaptation all classes have equal logits. Taking the first would report the
    frequency of label 0.
    """
    largest = logits == logits.max(-1, keepdims=True)
    return largest / largest.sum(-1, keepdims=True)
