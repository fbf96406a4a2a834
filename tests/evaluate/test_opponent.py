"""Who the second opponent is, by validation alone; and what a circuit is against both."""

import math

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from fewqubit.config import OPPONENTS
from fewqubit.evaluate.opponent import Rated, best_opponent, candidate, united
from fewqubit.evaluate.verdict import Comparison

QUANTUM = Rated("quantum", (0.9, 0.9), 100)


def test_the_best_on_validation_is_chosen_whatever_the_order() -> None:
    arms = [
        Rated("bypass", (0.8, 0.8), 88),
        Rated("affine", (0.9, 0.72), 100),
        Rated("twin", (0.99, 0.99), 100),
        Rated("separable", (0.99, 0.99), 100),
    ]
    assert best_opponent(QUANTUM, arms) == best_opponent(QUANTUM, arms[::-1]) == "affine"


def test_what_is_larger_than_the_circuit_is_no_opponent() -> None:
    large, fits = Rated("mlp", (0.95,), 101), Rated("rbf", (0.5,), 100)
    assert best_opponent(QUANTUM, [large, fits]) == "rbf"
    assert best_opponent(QUANTUM, [large]) is None
    assert best_opponent(QUANTUM, []) is None


def test_a_seed_that_failed_counts_as_nothing_right() -> None:
    lucky, steady = Rated("mlp", (0.9, math.nan), 90), Rated("rbf", (0.6, 0.6), 90)
    assert best_opponent(QUANTUM, [lucky, steady]) == "rbf"


def test_of_equals_the_smaller_is_taken() -> None:
    small, large = Rated("rbf", (0.7,), 80), Rated("affine", (0.7,), 90)
    assert best_opponent(QUANTUM, [large, small]) == "rbf"


@given(
    st.lists(
        st.builds(
            Rated,
            st.sampled_from([*OPPONENTS, "twin", "frozen"]),
            st.tuples(st.floats(0, 1), st.floats(0, 1)),
            st.integers(0, 200),
        )
    )
)
def test_no_other_that_fits_is_better(others: list[Rated]) -> None:
    fitting = [one for one in others if one.arm in OPPONENTS and one.size <= 100]
    chosen = best_opponent(QUANTUM, others)
    assert (chosen is None) == (not fitting)
    if fitting:
        best = max(sum(one.validation) for one in fitting)
        assert any(one.arm == chosen and sum(one.validation) == best for one in fitting)


def test_a_card_says_what_the_choice_needs() -> None:
    card = {"arm": "rbf", "validation_accuracy": [0.5, 0.7], "n_parameters": {"total": 7}}
    assert candidate(card) == Rated("rbf", (0.5, 0.7), 7)


def row(difference: float, p: float, p_same: float = 1.0) -> Comparison:
    return Comparison(difference, difference - 0.01, difference + 0.01, p, p_same, 0.5)


def test_better_takes_both_by_the_larger_p() -> None:
    found = united({"twin": row(0.06, 0.001), "mlp": row(0.02, 0.03)})
    assert (found.difference, found.p_difference) == (0.02, 0.03)
    assert found.low == pytest.approx(0.01)


def test_worse_takes_one_at_half_the_level() -> None:
    found = united({"twin": row(-0.04, 0.002), "mlp": row(0.05, 0.001)})
    assert (found.difference, found.p_difference) == (-0.04, pytest.approx(0.004))


def test_ahead_of_one_and_level_with_the_other_is_neither() -> None:
    found = united({"twin": row(0.06, 1e-9), "mlp": row(-0.001, 0.8)})
    assert found.p_difference > 0.5


def test_equivalent_is_to_the_better_one_at_half_the_level() -> None:
    found = united({"twin": row(0.001, 0.9, 0.01), "mlp": row(0.09, 1e-9, 1.0)})
    assert found.p_equivalence == pytest.approx(0.02)
    assert united({"twin": row(0.001, 0.9, 0.01), "mlp": row(0.002, 0.8, 0.9)}).p_equivalence > 0.3


def test_one_opponent_is_compared_as_ever_and_too_little_of_one_says_nothing() -> None:
    alone = row(0.06, 0.001, 0.7)
    assert united({"twin": alone}) == alone
    lacking = row(0.5, 1.0)._replace(too_few="2 training seeds, where a verdict takes 3")
    assert united({"twin": row(0.01, 0.1), "mlp": lacking}).too_few


@pytest.mark.parametrize("other", [0.0, 1.0, 5.0])
def test_no_difference_to_the_better_opponent_is_told_at_most_at_the_level(other: float) -> None:
    """An oracle of its own: normal estimates of two differences, correlated as arms are."""
    random = np.random.default_rng(0)
    shared, own = random.standard_normal((2, 4000, 2))
    z = 0.7 * shared[:, :1] + 0.51**0.5 * own + [0.0, other]
    p = 2 * scipy.stats.norm.sf(abs(z))
    found = [
        united({"twin": row(a, p_a), "mlp": row(b, p_b)}).p_difference
        for (a, b), (p_a, p_b) in zip(z.tolist(), p.tolist(), strict=True)
    ]
    assert np.mean(np.array(found) < 0.05) < 0.05 + 2 * (0.05 * 0.95 / 4000) ** 0.5
