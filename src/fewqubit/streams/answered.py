"""What the episodes of every group were answered on the way through a stream."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float


class Answered(NamedTuple):
    """Query accuracy in the frozen episodes that step i answers; NaN elsewhere.

    after:   [steps, groups, S, E]: of groups 0 … i after step i, and of group i + 1
    before:  [groups, S, E]: by the initial parameters, before any training
    """

    after: Float[np.ndarray, "steps groups S E"]
    before: Float[np.ndarray, "groups S E"]
