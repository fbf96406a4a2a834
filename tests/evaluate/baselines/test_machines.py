"""Machines of several episodes in one fit are those of an episode alone, bit for bit.

Those of single rows have a formula, and are the same but for rounding.
"""

import numpy as np
import pytest
from sklearn.svm import SVC

from fewqubit.evaluate.baselines.machines import one_versus_one


@pytest.mark.parametrize(("n_way", "n_shot"), [(2, 1), (2, 5), (3, 4), (5, 1), (5, 5), (45, 2)])
@pytest.mark.parametrize("n_episodes", [1, 2, 11])
@pytest.mark.parametrize("cost", [0.1, 2.0])
def test_many_episodes_at_once_are_scikit_learns_one_by_one(
    n_way: int, n_shot: int, n_episodes: int, cost: float
) -> None:
    random = np.random.default_rng(n_way + n_shot)
    y = random.permuted(np.tile(np.arange(n_way), (n_episodes, n_shot)), axis=1)
    support = random.normal(size=(*y.shape, 4)) + y[..., None] / 3
    query = random.normal(size=(n_episodes, 7, 4))
    gram, cross = (np.tanh(rows @ np.swapaxes(support, 1, 2)) for rows in (support, query))
    found = one_versus_one(gram, y, cross, cost)
    for episode, labels in enumerate(y):
        alone = SVC(C=cost, kernel="precomputed").fit(gram[episode], labels)
        expected = alone.decision_function(cross[episode])
        if n_way == 2:
            expected = np.stack([-expected, expected], axis=-1)
        exact = 0 if n_shot > 1 else 1e-6  # libsvm rounds Q to single precision
        np.testing.assert_allclose(found[episode], expected, rtol=exact, atol=exact)
