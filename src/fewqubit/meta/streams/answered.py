"""Accuracies on the frozen episodes of every group during a walk through a stream."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float


class Answered(NamedTuple):
    """Query accuracy on the frozen episodes that are evaluated after step i; NaN elsewhere.

    after:   [steps, groups, S, E]: after step i, on groups 0 … i and on group i + 1
    before:  [groups, S, E]: with the initial parameters, before any training
    """

    after: Float[np.ndarray, "steps groups S E"]
    before: Float[np.ndarray, "groups S E"]
