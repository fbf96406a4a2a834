"""Who the second opponent is: by validation alone, of at most the circuit's size."""

import math

from hypothesis import given
from hypothesis import strategies as st

from fewqubit.config import OPPONENTS
from fewqubit.evaluate.opponent import Candidate, best_opponent, candidate

QUANTUM = Candidate("quantum", (0.9, 0.9), 100)


def test_the_best_on_validation_is_chosen_whatever_the_order() -> None:
    arms = [
        Candidate("bypass", (0.8, 0.8), 88),
        Candidate("affine", (0.9, 0.72), 100),
        Candidate("twin", (0.99, 0.99), 100),
        Candidate("separable", (0.99, 0.99), 100),
    ]
    assert best_opponent(QUANTUM, arms) == best_opponent(QUANTUM, arms[::-1]) == "affine"


def test_what_is_larger_than_the_circuit_is_no_opponent() -> None:
    large, fits = Candidate("mlp", (0.95,), 101), Candidate("rbf", (0.5,), 100)
    assert best_opponent(QUANTUM, [large, fits]) == "rbf"
    assert best_opponent(QUANTUM, [large]) is None
    assert best_opponent(QUANTUM, []) is None


def test_a_seed_that_failed_counts_as_nothing_right() -> None:
    lucky, steady = Candidate("mlp", (0.9, math.nan), 90), Candidate("rbf", (0.6, 0.6), 90)
    assert best_opponent(QUANTUM, [lucky, steady]) == "rbf"


def test_of_equals_the_smaller_is_taken() -> None:
    small, large = Candidate("rbf", (0.7,), 80), Candidate("affine", (0.7,), 90)
    assert best_opponent(QUANTUM, [large, small]) == "rbf"


@given(
    st.lists(
        st.builds(
            Candidate,
            st.sampled_from([*OPPONENTS, "twin", "frozen"]),
            st.tuples(st.floats(0, 1), st.floats(0, 1)),
            st.integers(0, 200),
        )
    )
)
def test_no_other_that_fits_is_better(others: list[Candidate]) -> None:
    fitting = [one for one in others if one.arm in OPPONENTS and one.size <= 100]
    chosen = best_opponent(QUANTUM, others)
    assert (chosen is None) == (not fitting)
    if fitting:
        best = max(sum(one.validation) for one in fitting)
        assert any(one.arm == chosen and sum(one.validation) == best for one in fitting)


def test_a_card_says_what_the_choice_needs() -> None:
    card = {"arm": "rbf", "validation_accuracy": [0.5, 0.7], "n_parameters": {"total": 7}}
    assert candidate(card) == Candidate("rbf", (0.5, 0.7), 7)
