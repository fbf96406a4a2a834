import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from fewqubit.evaluate.failures import failed_seeds, failures


def test_a_seed_failed_if_it_is_at_chance_on_validation_or_no_number():
    found = failed_seeds([0.2, 0.27, 0.28, 0.9, float("nan"), float("-inf")], 0.2, 0.1)
    assert found.tolist() == [True, True, False, False, True, True]


def test_no_failure_of_five_does_not_mean_that_none_will():
    row = failures(np.zeros(5, bool), 0.95)
    assert (row.failed, row.of, row.low) == (0, 5, 0.0)
    assert row.high == pytest.approx(1 - 0.025 ** (1 / 5))  # 52 %
    assert failures(np.ones(3, bool), 0.95).everywhere


@given(st.integers(1, 12), st.floats(0.01, 0.99))
def test_the_exact_interval_covers_whatever_the_rate(n, rate):
    held = [
        stats.binom.pmf(k, n, rate)
        for k in range(n + 1)
        if (row := failures(np.arange(n) < k, 0.95)).low <= rate <= row.high
    ]
    assert sum(held) >= 0.95 - 1e-9
