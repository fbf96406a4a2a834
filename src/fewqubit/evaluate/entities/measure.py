"""Evaluate a trained learner on tasks of words: its logits, and the entities found in them."""

from collections.abc import Sequence

import jax.numpy as jnp
import numpy as np
from jaxtyping import Float

from fewqubit.base.io.finite import check_finite
from fewqubit.base.keys import stream
from fewqubit.evaluate.answering.subject import Ask, Subject
from fewqubit.evaluate.entities.batch import TokenTasks
from fewqubit.evaluate.entities.found import accuracies, figures, found_in
from fewqubit.evaluate.entities.logits import logits_of
from fewqubit.evaluate.entities.material import Words
from fewqubit.evaluate.intervals import episode_resamples
from fewqubit.evaluate.measure import Measured, measure
from fewqubit.predict.trained import Trained
from fewqubit.tasks import Episode

PLACES = ("seed", "episode", "word", "class")  # axes of an answer


def measure_entities(
    subject: Subject,
    words: Words,
    manifest: Episode,
    groups: Sequence[str],
    ask: Ask | None = None,
) -> Measured:
    """Entity F1 of every seed on every episode; other figures from the words of ``manifest``.

    The honesty check, devices and costs are measured on these words, equally many of each class.
    Raises HonestyError as ``evaluate.measure`` does; NumbersError: an answer is NaN or infinite.
    """
    trained, _, reading, key, _ = subject
    of_words = measure(subject, words.y, manifest, groups, ask)
    validation = answers(trained, words.x, words.validation)
    test = answers(trained, words.x, words.test)
    before = answers(trained, words.x, words.test, unadapted=True)
    found = found_in(words, validation, test, before)
    permuted = of_words.accuracies.permuted
    resamples = episode_resamples(stream(key, "resamples"), found.f1.shape[1], reading.resamples)
    entity_figures = figures(found, permuted, words, groups, resamples, reading, random=True)
    return of_words._replace(
        accuracies=accuracies(found, permuted),
        curve=[],
        confusion=found.confusion,
        figures={
            **of_words.figures,
            **entity_figures,
            "word_accuracy": of_words.figures["accuracy"],
        },
    )


def answers(
    trained: Trained, x: Float[np.ndarray, "N d"], tasks: TokenTasks, unadapted: bool = False
) -> Float[np.ndarray, "seeds E w n_way"]:
    """Logits of every query word, answered independently; ``unadapted``: with no support."""
    given = np.asarray(
        logits_of(trained.learner, unadapted)(
            trained.params, jnp.asarray(x), tasks.support, tasks.support_y, tasks.query
        )
    )
    check_finite(given, "the answers", PLACES, "its adaptation diverged: lower inner_lr")
    return given
