"""Each type left out in turn: learned on sentences of the others, found from K entities."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import jax
import numpy as np
from jaxtyping import Float, PRNGKeyArray
from sklearn.base import clone

from fewqubit.entities.answers import Answered, Reading, answer, chosen_reading, counts
from fewqubit.entities.decode import Transitions, count_transitions
from fewqubit.entities.read import count_types
from fewqubit.entities.sampler import EpisodeShape, draw_episodes
from fewqubit.entities.sentence import OUTSIDE, Sentence, kinds_of
from fewqubit.entities.taggers import OPPONENTS, Tagger
from fewqubit.entities.tasks import TokenTask, Vectors, evened, token_task
from fewqubit.keys import stream
from fewqubit.predict.estimator import FewShotClassifier

MOST_OUTSIDE = 3000  # tokens of O that are meta-trained on


class Plan(NamedTuple):
    """What is asked.

    shape:       of the episodes, of one type each
    n_known:     episodes of the other types, on which the reading of probabilities is chosen
    n_episodes:  for each type left out
    """

    shape: EpisodeShape
    n_known: int
    n_episodes: int


class Found(NamedTuple):
    """What one tagger found of one type: F1 of each training seed in each episode."""

    left_out: str
    tagger: str
    f1: Float[np.ndarray, "seeds episodes"]
    reading: Reading


def leave_one_out(
    sentences: Sequence[Sentence],
    vectors: Vectors,
    classifiers: Mapping[str, FewShotClassifier],
    plan: Plan,
    key: PRNGKeyArray,
    types: Sequence[str] | None = None,
    tell: Callable[[str], None] = lambda line: None,
) -> Iterator[Found]:
    """Every classifier, meta-trained anew for each type, and the plain opponents, on equal tasks.

    The other types are learned on sentences without the one left out, so that no sentence is on
    both sides. ``classifiers`` are not changed: clones of them learn. ``types`` are those to leave
    out; None: each.
    """
    every = list(count_types(sentences))
    for left_out in types or every:
        has = [any(span.kind == left_out for span in one.spans) for one in sentences]
        known, new = (_where(has, which, sentences, vectors) for which in (False, True))
        others = [kind for kind in every if kind != left_out]
        about = stream(key, left_out)
        tuning = _tasks(stream(about, "known"), *known, others, plan.shape, plan.n_known)
        asked = _tasks(stream(about, "new"), *new, [left_out], plan.shape, plan.n_episodes)
        transitions = count_transitions(known[0])
        for name, make in OPPONENTS.items():
            tell(f"{left_out}: {name}")
            yield Found(left_out, name, *_tested([make()], tuning, asked, transitions, None))
        rows = _rows(*known, stream(about, "rows"))
        for name, one in classifiers.items():
            tell(f"{left_out}: {name}")
            taught = _taught(one, *rows)
            each = 2 * plan.shape.n_shot
            yield Found(left_out, name, *_tested(taught, tuning, asked, transitions, each))


def _where(
    has: Sequence[bool], which: bool, sentences: Sequence[Sentence], vectors: Vectors
) -> tuple[list[Sentence], list[Float[np.ndarray, "words d"]]]:
    places = [place for place, one in enumerate(has) if one is which]
    return [sentences[place] for place in places], [vectors[place] for place in places]


def _tasks(
    key: PRNGKeyArray,
    sentences: Sequence[Sentence],
    vectors: Vectors,
    types: Sequence[str],
    shape: EpisodeShape,
    number: int,
) -> list[TokenTask]:
    episodes = draw_episodes(key, sentences, types, shape, number)
    return [token_task(one, sentences, vectors) for one in episodes]


def _rows(
    sentences: Sequence[Sentence], vectors: Vectors, key: PRNGKeyArray
) -> tuple[np.ndarray, np.ndarray]:
    """Tokens of known types, and some of O: a class like others, which no task is without."""
    x = np.concatenate(list(vectors))
    y = np.array([kind for one in sentences for kind in kinds_of(one)])
    outside = np.flatnonzero(y == OUTSIDE)
    kept = np.asarray(jax.random.permutation(key, len(outside)))[:MOST_OUTSIDE]
    rows = np.sort(np.concatenate([np.flatnonzero(y != OUTSIDE), outside[kept]]))
    return x[rows], y[rows]


def _taught(one: FewShotClassifier, x: np.ndarray, y: np.ndarray) -> list[FewShotClassifier]:
    """A classifier for each training seed."""
    first = clone(one).meta_fit(x, y)
    each = [clone(first) for _ in range(first.seeds)]
    for seed, model in enumerate(each):
        model.seed = seed
    return each


def _tested(
    taggers: Sequence[Tagger],
    tuning: Sequence[TokenTask],
    asked: Sequence[TokenTask],
    transitions: Transitions,
    each: int | None,
) -> tuple[Float[np.ndarray, "seeds episodes"], Reading]:
    """F1 of every seed in every task, read as is best for all seeds on tasks of known types."""

    def answered(tagger: Tagger, task: TokenTask) -> Answered:
        return answer(tagger, task, evened(task, each) if each else None)

    reading = chosen_reading(
        [answered(one, task) for one in taggers for task in tuning], transitions
    )
    f1 = [
        [counts(answered(one, task), transitions, reading).f1 for task in asked] for one in taggers
    ]
    return np.array(f1), reading
