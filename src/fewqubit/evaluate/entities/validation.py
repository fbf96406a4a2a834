"""Validation of training on words by entity F1."""

import jax.numpy as jnp
import numpy as np
from jaxtyping import Float

from fewqubit.evaluate.entities.logits import logits_of
from fewqubit.evaluate.entities.material import ValidationWords
from fewqubit.evaluate.entities.reading import COARSE, chosen_reading, word_log_p
from fewqubit.meta import MetaLearner
from fewqubit.meta.train import Validator
from fewqubit.models.network import Params


def entity_validator(learner: MetaLearner, words: ValidationWords) -> Validator:
    """Entity F1 of every seed on the validation tasks, each with its own best reading.

    Training then stops at the best entity F1. Word accuracy could choose another step, because
    most words are O.
    """
    logits, asked = logits_of(learner), words.tasks
    x = jnp.asarray(words.x)

    def scores(params: Params) -> Float[np.ndarray, " S"]:
        given = np.asarray(logits(params, x, asked.support, asked.support_y, asked.query))
        log_p = word_log_p(asked, given)
        each = [
            chosen_reading(asked, one[None], words.transitions, COARSE)[1] if known else np.nan
            for one, known in zip(log_p, np.isfinite(given).all((1, 2, 3)), strict=True)
        ]
        return np.array(each, np.float32)

    return scores
