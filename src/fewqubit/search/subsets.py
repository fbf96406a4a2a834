"""Feature selection as a table of 2^m losses: what ``grover`` searches, one qubit for a feature.

    loss(S) = 1 − accuracy of the nearest prototype on the features in S, over validation episodes

Bit j of an entry's number says whether feature j is in S. Without a feature nothing is known.
"""

import numpy as np
from jaxtyping import Float

from fewqubit.evaluate.baselines.plain import prototype
from fewqubit.evaluate.results import tie_accuracy
from fewqubit.tasks import Episode, Task, gather


def subset_losses(x: Float[np.ndarray, "rows m"], validation: Episode) -> Float[np.ndarray, " N"]:
    """The loss of every subset of the m features of ``x``, [2^m]."""
    n_features = x.shape[1]
    masks = np.arange(2**n_features)[:, None] >> np.arange(n_features) & 1

    def loss(mask: np.ndarray) -> float:
        task = Task(*map(np.asarray, gather(validation, x * mask)))
        return 1.0 - float(tie_accuracy(prototype(task), task.query_y).mean())

    return np.array([loss(mask) for mask in masks])
