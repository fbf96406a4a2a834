"""Drift: none among equals, all where everything moved, and the right feature where one did."""

import numpy as np

from fewqubit.evaluate.drift import drift


def test_equals_have_not_moved_and_the_moved_feature_is_found() -> None:
    random = np.random.default_rng(0)
    known, new = random.normal(size=(300, 20)), random.normal(size=(200, 20))
    assert drift(known, new, 0.95).moved == []
    new[:, 7] += 1
    found = drift(known, new, 0.95)
    assert found.moved == [7]
    assert found.share == 1 / 20
    assert found.statistic.argmax() == 7


def test_false_alarms_are_as_rare_as_they_are_said_to_be() -> None:
    random = np.random.default_rng(1)
    alarms = sum(
        bool(drift(random.normal(size=(60, 5)), random.normal(size=(60, 5)), 0.9).moved)
        for _ in range(200)
    )
    assert alarms <= 33  # 20 are allowed on average; three standard deviations more


def test_a_feature_that_never_varies_is_not_tested() -> None:
    known, new = np.zeros((50, 2)), np.zeros((40, 2))
    known[:, 1], new[:, 1] = np.arange(50), np.arange(40)
    assert drift(known, new, 0.95).n == 1
