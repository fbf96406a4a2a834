"""The check of every evaluation: with permuted support labels, accuracy must be at chance."""

import math

import numpy as np
from jaxtyping import Float
from scipy.stats import t as student

from fewqubit.errors import HonestyError

FALSE_ALARMS = 1 / 150_000  # of fair learners: 4.5 standard errors, more with few episodes


def check_permuted(
    permuted: Float[np.ndarray, "seeds episodes"], chance: float, where: str
) -> None:
    """Stop unless accuracy with permuted support labels is at chance.

    After a random permutation of the support labels every answer is right with probability
    ``chance``, for any learner. Another accuracy means that query labels leaked to the learner.
    The standard error is over E episodes, since seeds share them.

    Raises HonestyError: the mean is further from chance than Student's t with E − 1 degrees of
    freedom allows.
    """
    episodes = permuted.mean(axis=0)
    mean, error = episodes.mean(), episodes.std(ddof=1) / math.sqrt(len(episodes))
    allowed = student.isf(FALSE_ALARMS / 2, len(episodes) - 1)
    if abs(mean - chance) > allowed * max(error, 1e-3):
        raise HonestyError(
            f"{where}: with permuted support labels accuracy must fall to chance, {chance:.3f}; "
            f"it is {mean:.3f} ± {error:.3f}. Query labels reach the adaptation, or examples of "
            "the support are among the queries; nothing of this result can be believed"
        )
