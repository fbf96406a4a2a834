import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from fewqubit.base.keys import root_key, stream
from fewqubit.evaluate.intervals import (
    below,
    distribution,
    episode_resamples,
    interval,
    quantile,
    seed_share,
)

SEEDS, EPISODES, RESAMPLES = 5, 600, 500


@pytest.fixture(scope="module")
def resamples():
    return episode_resamples(stream(root_key(0), "test"), EPISODES, RESAMPLES)


def crossed(random, studies, seed=0.0, episode=0.0, rest=0.0, seeds=SEEDS, episodes=EPISODES):
    """Simulated studies of the crossed random-effects model with true mean 0."""
    return (
        seed * random.standard_normal((studies, seeds, 1))
        + episode * random.standard_normal((studies, 1, episodes))
        + rest * random.standard_normal((studies, seeds, episodes))
    )


# Standard deviations of seeds, episodes, rest: each alone, and mixtures as accuracies show them.
SPREADS = {
    "rest only, as twins that differ by chance": (0.0, 0.0, 0.1),
    "episodes, as a baseline or a stable learner": (0.001, 0.1, 0.05),
    "seeds, as an unstable learner": (0.02, 0.02, 0.1),
    "seeds and episodes alike": (0.008, 0.09, 0.1),
}


WIDEST = 0.98  # a spread in two parts, each guessed, is met with an interval a little too wide


@pytest.mark.parametrize("spread", SPREADS.values(), ids=SPREADS)
def test_interval_covers_the_truth_as_often_as_it_says(spread, resamples):
    random = np.random.default_rng(7)
    inside = []
    for _ in range(10):
        mean = distribution(crossed(random, 200, *spread), resamples)
        level = below(mean, 0.0)
        inside.append((level > 0.025) & (level < 0.975))
    assert 0.93 <= np.mean(inside) <= WIDEST


def test_interval_of_counted_accuracies_covers_the_truth(resamples):
    """Near the ceiling, in steps of 1/50, skewed: not the model that the interval assumes."""
    random = np.random.default_rng(3)
    inside = []
    for _ in range(5):
        seed, episode = random.normal(size=(200, 5, 1)), random.normal(size=(200, 1, EPISODES))
        chance = stats.norm.cdf(1.8 + 0.05 * seed + 0.4 * episode)
        level = below(distribution(random.binomial(50, chance) / 50, resamples), TRUTH)
        inside.append((level > 0.025) & (level < 0.975))
    assert 0.93 <= np.mean(inside) <= WIDEST


TRUTH = stats.norm.cdf(1.8 / np.sqrt(1 + 0.05**2 + 0.4**2))  # E Φ(a + bZ) = Φ(a/√(1+b²))


def test_one_seed_gives_the_episode_bootstrap(resamples):
    values = np.random.default_rng(0).normal(0.7, 0.1, (1, EPISODES))
    low, high = interval(distribution(values, resamples), 0.95)
    half = stats.t.ppf(0.975, EPISODES - 1) * values.std(ddof=1) / np.sqrt(EPISODES)
    np.testing.assert_allclose([low, high], [values.mean() - half, values.mean() + half], atol=1e-3)


def test_without_episode_spread_it_is_the_t_interval_over_seeds(resamples):
    values = np.repeat(np.array([0.6, 0.62, 0.65, 0.61, 0.7])[:, None], EPISODES, axis=1)
    expected = stats.t.interval(0.95, 4, values[:, 0].mean(), stats.sem(values[:, 0]))
    np.testing.assert_allclose(interval(distribution(values, resamples), 0.95), expected)


def test_equal_results_leave_a_point(resamples):
    mean = distribution(np.full((5, EPISODES), 0.8), resamples)
    np.testing.assert_allclose(interval(mean, 0.95), 0.8, atol=1e-12)
    flat = distribution(np.zeros((5, EPISODES)), resamples)
    assert below(flat, 0.0) == 0.5
    assert below(flat, 0.01) == 1.0
    assert seed_share(flat) == 0.0


@settings(max_examples=15, deadline=None)
@given(st.floats(0.005, 0.995), st.integers(0, 100))
def test_quantile_inverts_below(q, seed):
    values = crossed(np.random.default_rng(seed), 3, 0.02, 0.1, 0.1, episodes=40)
    mean = distribution(values, episode_resamples(root_key(seed), 40, 200))
    np.testing.assert_allclose(below(mean, quantile(mean, q)), q, atol=1e-6)


def test_seed_share_tells_what_limits(resamples):
    random = np.random.default_rng(0)
    few_seeds = distribution(crossed(random, 1, 0.1, 0.01, 0.01), resamples)
    few_episodes = distribution(crossed(random, 1, 0.0, 0.3, 0.01), resamples)
    assert seed_share(few_seeds) > 0.95
    assert seed_share(few_episodes) < 0.05


def test_resamples_are_those_of_the_key():
    first, again = (episode_resamples(root_key(1), 50, 20) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert (first != episode_resamples(root_key(2), 50, 20)).any()
    np.testing.assert_allclose(first.sum(1), 0, atol=1e-12)
    assert first.min() == -1 / 50
