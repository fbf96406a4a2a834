"""A plain baseline on tasks of words, tuned by entity F1."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float, PRNGKeyArray
from threadpoolctl import threadpool_limits

from fewqubit.base.io.finite import check_finite
from fewqubit.base.keys import stream
from fewqubit.config import Baselines, Evaluation
from fewqubit.evaluate.baselines.candidates import Baseline, Candidate
from fewqubit.evaluate.baselines.tuned import Tuned, evaluate_baseline, known_rows, tuned_figures
from fewqubit.evaluate.entities.batch import TokenTasks
from fewqubit.evaluate.entities.found import Found, figures, found_in
from fewqubit.evaluate.entities.material import Words
from fewqubit.evaluate.entities.reading import chosen_reading, word_log_p
from fewqubit.evaluate.intervals import episode_resamples
from fewqubit.tasks import Episode, Task

CHUNK = 50  # episodes in memory at once
PLACES = ("baseline", "episode", "word", "class")  # axes of an answer


class TunedOnEntities(NamedTuple):
    """A baseline tuned by F1 on validation tasks; ``of_words``: its results on single words."""

    found: Found
    of_words: Tuned


# One BLAS thread: many small products are slower with more, and their last digits would vary.
@threadpool_limits.wrap(limits=1, user_api="blas")
def measure_baseline(
    baseline: Baseline,
    grid: Baselines,
    words: Words,
    manifest: Episode,
    meta_train: Sequence[int],
    reading: Evaluation,
    key: PRNGKeyArray,
) -> TunedOnEntities:
    """Test the candidate with the best F1 on the validation tasks."""
    known = known_rows(words.x, words.x, words.y, meta_train, manifest)
    candidates = baseline.candidates(grid, known, stream(key, "baseline"))
    known_f1 = []
    for one in candidates if len(candidates) > 1 else ():
        log_p = word_log_p(words.validation, _classified(one, words.x, words.validation))
        known_f1.append(chosen_reading(words.validation, log_p, words.transitions)[1])
    best = candidates[int(np.argmax(known_f1))] if known_f1 else candidates[0]
    asked = (_classified(best, words.x, one) for one in (words.validation, words.test))
    found = found_in(words, *asked)
    only = Baseline(lambda *given: [best], baseline.pairs)
    of_words = evaluate_baseline(
        only, grid, words.x, words.y, meta_train, manifest, manifest, reading, key
    )
    return TunedOnEntities(found, of_words)


def baseline_figures(
    tuned: TunedOnEntities,
    baseline: Baseline,
    words: Words,
    manifest: Episode,
    groups: Sequence[str],
    reading: Evaluation,
    key: PRNGKeyArray,
    name: str,
) -> dict[str, Any]:
    """Figures for metrics.json. Raises HonestyError as ``tuned_figures`` does."""
    of_words = tuned_figures(tuned.of_words, baseline, manifest, groups, reading, key, name)
    found, permuted = tuned.found, tuned.of_words.accuracies.permuted
    resamples = episode_resamples(stream(key, "resamples"), found.f1.shape[1], reading.resamples)
    entity_figures = figures(found, permuted, words, groups, resamples, reading, random=False)
    return {**of_words, **entity_figures, "word_accuracy": of_words["accuracy"]}


def _classified(
    candidate: Candidate, x: Float[np.ndarray, "N d"], tasks: TokenTasks
) -> Float[np.ndarray, "1 E w n_way"]:
    """Logits of a baseline, some episodes at a time, in double precision."""
    embedded = candidate.embed(x)
    double = np.result_type(embedded, np.float64)
    given = []
    for start in range(0, len(tasks.class_ids), CHUNK):
        some = slice(start, start + CHUNK)
        support, query = (
            embedded[rows[some]].astype(double) for rows in (tasks.support, tasks.query)
        )
        asked = np.zeros_like(tasks.query[some])  # true labels are not used
        given.append(candidate.classify(Task(support, tasks.support_y[some], query, asked)))
    logits = np.concatenate(given)[None]
    check_finite(logits, "the answers", PLACES, "its features may be too large")
    return logits
