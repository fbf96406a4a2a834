"""The score of a plain baseline is its largest logit; its threshold is set on validation."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from fewqubit.evaluate.baselines.candidates import Candidate
from fewqubit.evaluate.baselines.foreign import baseline_met
from fewqubit.tasks import Episode
from fewqubit.tasks.foreign import foreign_rows


@pytest.fixture
def asked():
    """Seven classes of eight rows, and 2-way 1-shot episodes of three of them in each part."""
    random = np.random.default_rng(0)
    y = np.repeat(np.arange(7), 8)
    x = random.normal(size=(len(y), 3)) + 2 * y[:, None] * [1, -1, 0]

    def drawn(classes, n=40):
        ids = np.stack([random.choice(classes, 2, replace=False) for _ in range(n)])
        rows = np.array([[random.choice(8, 3, False) + 8 * k for k in row] for row in ids])
        return Episode(ids, rows[:, :, 0], rows[:, :, 1:].reshape(n, 4))

    return x, y, (drawn([0, 1, 2]), drawn([3, 4, 5]))


def by_distance(tasks):
    gap = tasks.query_x[:, :, None] - tasks.support_x[:, None]
    return -np.linalg.norm(gap, axis=-1)


def test_figures_are_those_of_a_loop_over_episodes(asked):
    x, y, episodes = asked
    chosen = Candidate({}, by_distance, lambda rows: 3 * rows)
    found = baseline_met(chosen, x, y, episodes, 0.9, [6])

    def scores(some, rows):
        return np.array(
            [
                [max(-3 * np.linalg.norm(x[q] - x[s]) for s in shown) for q in queries]
                for shown, queries in zip(some.support_rows, rows, strict=True)
            ]
        ).ravel()

    validation, test = episodes
    threshold = np.quantile(scores(validation, validation.query_rows), 0.1, method="lower")
    own = scores(test, test.query_rows)
    assert found["own_recall"] == pytest.approx((own >= threshold).mean())
    for what, classes in {"foreign": [3, 4, 5], "out_of_scope": [6]}.items():
        rows = foreign_rows(test, y, classes, 4, np.random.default_rng(0))
        others = scores(test, rows)
        truth = np.repeat([1, 0], [len(own), len(others)])
        area = roc_auc_score(truth, np.concatenate([own, others]))
        assert found[f"{what}_auroc"] == pytest.approx(area)
        assert found[f"{what}_false_alarms"] == pytest.approx((others >= threshold).mean())


def test_where_every_test_class_is_of_the_task_nothing_is_told(asked):
    x, y, (validation, _) = asked
    two = Episode(*(part[:1] for part in validation))
    assert baseline_met(Candidate({}, by_distance), x, y, (validation, two), 0.9) == {}
