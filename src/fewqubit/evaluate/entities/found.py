"""Entity F1 before and after adaptation, and which types are confused, from word logits."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float

from fewqubit.config import Evaluation
from fewqubit.evaluate.entities.batch import TokenTasks
from fewqubit.evaluate.entities.material import Words
from fewqubit.evaluate.entities.reading import Reading, chosen_reading, counts, tags_of, word_log_p
from fewqubit.evaluate.entities.score import kinds
from fewqubit.evaluate.results import Accuracies, metrics


class Found(NamedTuple):
    """Results for entities in the test tasks.

    f1:         micro-F1 of each seed in each episode
    by_type:    F1 of each type of the episode
    before:     F1 without support; None where it was not computed
    confusion:  words by true and predicted class, over seeds and episodes; words of O that are
                predicted as O are left out
    reading:    the reading that was best on the validation tasks
    known:      its F1 there
    """

    f1: Float[np.ndarray, "seeds E"]
    by_type: Float[np.ndarray, "seeds E n"]
    before: Float[np.ndarray, "seeds E"] | None
    confusion: Float[np.ndarray, "true predicted"]
    reading: Reading
    known: float


def found_in(
    words: Words,
    validation: Float[np.ndarray, "seeds E_v w n_way"],
    test: Float[np.ndarray, "seeds E w n_way"],
    before: Float[np.ndarray, "seeds E w n_way"] | None = None,
) -> Found:
    """Choose the reading on the validation logits and apply it to the test logits."""
    log_p = word_log_p(words.validation, validation)
    reading, known = chosen_reading(words.validation, log_p, words.transitions)

    def tags(logits: np.ndarray) -> np.ndarray:
        log_p = word_log_p(words.test, logits)
        return tags_of(words.test, log_p, words.transitions, reading)

    answered = tags(test)
    found = counts(words.test, answered)
    first = None if before is None else counts(words.test, tags(before)).f1()
    confused = _confusion(words.test, answered, int(words.y.max()) + 1)
    return Found(found.f1(), found.f1_by_type(), first, confused, reading, known)


def accuracies(found: Found, permuted: Float[np.ndarray, "seeds E"]) -> Accuracies:
    """F1 before and after; ``permuted`` is word accuracy, which has a known chance level."""
    before = np.zeros_like(found.f1) if found.before is None else found.before
    return Accuracies(before, found.f1, permuted, found.by_type)


def figures(
    found: Found,
    permuted: Float[np.ndarray, "seeds E"],
    words: Words,
    groups: Sequence[str],
    resamples: Float[np.ndarray, "resamples E"],
    reading: Evaluation,
    random: bool,
) -> Mapping[str, Any]:
    """Figures for metrics.json; chance is that of word accuracy with permuted labels."""
    chance = 1 / words.test.class_ids.shape[1]
    of_types = np.asarray(groups)[words.test.types]
    common = metrics(
        accuracies(found, permuted), chance, resamples, reading.confidence, random, of_types
    )
    return common | {
        "validation_f1": found.known,
        **{f"reading_{name}": value for name, value in found.reading._asdict().items()},
    }


def _confusion(tasks: TokenTasks, answered: np.ndarray, n_classes: int) -> np.ndarray:
    outside = np.take_along_axis(tasks.class_ids, tasks.outside[:, None], axis=1)
    classes = np.concatenate([tasks.types, outside], axis=1)[tasks.episode]
    n_types = classes.shape[1] - 1
    true = np.take_along_axis(classes, kinds(tasks.tags, n_types), axis=1)
    table = np.zeros((n_classes, n_classes))
    for tags in answered:
        given = np.take_along_axis(classes, kinds(tags, n_types), axis=1)
        relevant = (tasks.places >= 0) & ((tasks.tags > 0) | (tags > 0))
        np.add.at(table, (true[relevant], given[relevant]), 1)
    return table
