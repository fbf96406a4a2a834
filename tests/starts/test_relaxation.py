"""Goemans and Williamson's relaxation against graphs whose values are known."""

from math import cos, pi

import numpy as np
import pytest

from fewqubit.base.keys import root_key
from fewqubit.starts.families.maxcut import maxcut
from fewqubit.starts.landscape import landscape
from fewqubit.starts.relaxation import largest_cut, relaxed, shortfall
from fewqubit.starts.settings.families import Ising, MaxCut


@pytest.mark.parametrize(
    ("nodes", "value"),
    [(3, 9 / 4), (5, 5 * (1 + cos(pi / 5)) / 2), (6, 6.0), (7, 7 * (1 + cos(pi / 7)) / 2)],
)
def test_a_cycle_has_the_value_of_its_closed_form(nodes: int, value: float) -> None:
    """n(1 + cos(π/n))/2 for odd n, all edges for even n."""
    found = relaxed(maxcut(nodes, [(i, (i + 1) % nodes, 1.0) for i in range(nodes)]))
    assert found.bound == pytest.approx(value, abs=1e-4)
    assert found.gap < 1e-4


def test_no_cut_is_above_the_bound_and_the_expected_cut_has_its_guarantee() -> None:
    problems = MaxCut(graph="random", weights=(0.2, 2.0)).problems(root_key(4), 9, 5)
    grounds = np.asarray(landscape(problems).ground)
    for problem, ground in zip(problems, grounds, strict=True):
        found = relaxed(problem)
        assert -ground <= found.bound + 1e-5
        assert 0.8785 * found.bound <= found.expected <= -ground + 1e-5
        assert largest_cut(problem) == pytest.approx(-ground)
    gap = shortfall(problems)
    assert gap is not None
    assert 0 <= gap < 0.13
    assert shortfall(Ising().problems(root_key(0), 4, 2)) is None
