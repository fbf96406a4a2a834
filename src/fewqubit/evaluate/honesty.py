"""The check of every evaluation: with permuted support labels, accuracy must be at chance."""

import math

import numpy as np
from jaxtyping import Float

from fewqubit.errors import HonestyError

STANDARD_ERRORS = 4.5  # a fair learner fails this once in 150 000 evaluations


def check_permuted(
    permuted: Float[np.ndarray, "seeds episodes"], chance: float, where: str
) -> None:
    """Stop unless accuracy with permuted support labels is at chance.

    After a random permutation of the support labels every answer is right with probability
    ``chance``, for any learner. Another accuracy means that query labels leaked to the learner.
    The standard error is over episodes, since seeds share them.

    Raises HonestyError: the mean is further than 4.5 standard errors from chance.
    """
    episodes = permuted.mean(axis=0)
    mean, error = episodes.mean(), episodes.std(ddof=1) / math.sqrt(len(episodes))
    if abs(mean - chance) > STANDARD_ERRORS * max(error, 1e-3):
        raise HonestyError(
            f"{where}: with permuted support labels accuracy must fall to chance, {chance:.3f}; "
            f"it is {mean:.3f} ± {error:.3f}. Query labels reach the adaptation, or examples of "
            "the support are among the queries; nothing of this result can be believed"
        )
