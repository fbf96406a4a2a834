import numpy as np
import pytest
from benchmarks.intervals.simulated_studies import manifest, of_classes, p_values
from hypothesis import given, settings
from hypothesis import strategies as st

from fewqubit.base.keys import root_key
from fewqubit.evaluate.classes import class_spread
from fewqubit.evaluate.intervals import episode_resamples

EPISODES, N_WAY, RESAMPLES = 100, 5, 200
EFFECTS = {"seed": 0.01, "episode": 0.03, "class in episode": 0.08, "rest": 0.12}


@pytest.mark.parametrize(("n_classes", "n_seeds"), [(10, 3), (10, 10), (40, 5)])
def test_the_interval_covers_the_mean_over_new_classes(n_classes, n_seeds):
    """Without the classes' spread it holds the truth in a third to four fifths of the studies."""
    random, resamples = (
        np.random.default_rng(4),
        episode_resamples(root_key(0), EPISODES, RESAMPLES),
    )
    spread, missed, without = EFFECTS | {"class": 0.08, "seed × class": 0.03}, [], []
    for _ in range(8):
        groups = manifest(random, n_classes, EPISODES, N_WAY)
        values = of_classes(random, groups, spread, (50, n_seeds))
        missed.append(p_values(values, resamples, groups) < 0.05)
        without.append(p_values(values.mean(-1), resamples) < 0.05)
    assert np.mean(missed) <= 0.065 + 2 * np.sqrt(0.065 * 0.935 / 400)
    assert np.mean(without) > 0.2


def test_the_variance_is_that_of_the_mean_over_redrawn_classes():
    """An oracle that knows nothing of mean squares: draw classes and episodes again and again."""
    random, spread = np.random.default_rng(1), EFFECTS | {"class": 0.1, "seed × class": 0.0}
    quiet = spread | dict.fromkeys(("seed", "episode", "class in episode", "rest"), 0.0)
    groups = manifest(random, 20, EPISODES, N_WAY)
    values = of_classes(random, groups, quiet, (4000, 2))
    result = class_spread(values, groups)
    assert result.n == 20
    assert result.variance.mean() == pytest.approx(values.mean((1, 2, 3)).var(), rel=0.06)


def test_classes_made_from_one_thing_count_once():
    random = np.random.default_rng(2)
    groups = manifest(random, 12, EPISODES, N_WAY)
    cells = random.random((3, EPISODES, N_WAY))
    assert class_spread(cells, groups // 4).n == 3
    names = np.array(list("abcdefghijkl"))[groups]
    np.testing.assert_allclose(class_spread(cells, names)[:2], class_spread(cells, groups)[:2])


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000), st.floats(-2, 2), st.floats(0.1, 3))
def test_a_shift_changes_nothing_and_a_scale_its_square(seed, shift, scale):
    random = np.random.default_rng(seed)
    groups = manifest(random, 8, 20, 3)
    cells = random.random((3, 20, 3))
    plain, moved = class_spread(cells, groups), class_spread(scale * cells + shift, groups)
    np.testing.assert_allclose(moved.variance, scale**2 * plain.variance, rtol=1e-6, atol=1e-12)
    assert plain.variance >= 0
