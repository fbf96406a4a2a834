"""The whitening that validation episodes choose: rows made so that one shrinkage is right."""

import numpy as np
import pytest

from fewqubit.config import Features
from fewqubit.data import apply_all, fit
from fewqubit.stages.whitening import candidates, score, whitening
from fewqubit.tasks import Episode

TAUGHT, HELD = 6, 6
Y = np.repeat(np.arange(TAUGHT + HELD), 20)


@pytest.fixture
def rows(rng):
    """Rows of a class spread thirty times as far in one direction, which tells nothing."""
    centres = rng.normal(size=(TAUGHT + HELD, 6)) * [0, 1, 1, 1, 1, 1]
    return centres[Y] + 0.5 * rng.normal(size=(len(Y), 6)) * [30, 1, 1, 1, 1, 1]


@pytest.fixture
def episodes(rng):
    """3-way 1-shot tasks of the held classes, two queries each."""
    ids = np.stack([rng.choice(np.arange(TAUGHT, TAUGHT + HELD), 3, False) for _ in range(60)])
    own = [[rng.choice(np.flatnonzero(k == Y), 3, False) for k in row] for row in ids]
    picked = np.array(own)
    return Episode(ids, picked[..., 0], picked[..., 1:].reshape(60, 6))


def featured(rows):
    taught = Y < TAUGHT
    return lambda one, some: apply_all(fit(rows[taught], one, y=Y[taught]), rows[some])


def test_the_one_that_answers_validation_best_is_taken(rows, episodes):
    asked = Features(whiten=[1e4, 0.001], between=[0.0, 1.0])
    chosen = whitening(asked, featured(rows), episodes)
    assert chosen.features.whiten == 0.001
    every = np.arange(len(rows))
    scores = [score(featured(rows)(one, every), episodes) for one in candidates(asked)]
    assert chosen.summary["validation_accuracy"] == max(scores) > scores[0] + 0.1


def test_a_score_is_that_of_the_nearest_mean_by_angle(rows, episodes):
    """Counted by hand, one query at a time."""
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    right = [
        np.argmax(unit[support] @ unit[query]) == place // 2
        for support, queries in zip(episodes.support_rows, episodes.query_rows, strict=True)
        for place, query in enumerate(queries)
    ]
    assert score(rows, episodes) == pytest.approx(np.mean(right))


def test_where_nothing_is_to_choose_nothing_is_asked(episodes):
    one = Features(whiten=3.0)
    assert whitening(one, lambda *_: pytest.fail("asked"), episodes) == (one, None)


@pytest.fixture
def rng():
    return np.random.default_rng(0)
