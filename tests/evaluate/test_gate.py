"""The gate on made-up accuracies whose truth is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fewqubit.config.gate import Gate
from fewqubit.evaluate.gate import Contender, decide, is_cheaper
from fewqubit.evaluate.paired import Sample

SEEDS, EPISODES = 5, 300
DEAR = (100.0, 1000.0)


def contender(level: float, costs: tuple[float, float] = DEAR, seeds: int = SEEDS) -> Contender:
    random = np.random.default_rng(0)  # the same episodes are as hard for both
    noise = np.broadcast_to(0.1 * random.normal(size=EPISODES), (seeds, EPISODES))
    own = 0.01 * np.random.default_rng(int(1e6 * level)).normal(size=(seeds, EPISODES))
    values = np.clip(level + noise + own, 0, 1)
    return Contender("one", Sample(values, None, np.ones(seeds, bool), True), *costs)


@pytest.mark.parametrize(
    ("level", "costs", "promoted", "word"),
    [
        (0.75, DEAR, True, "better"),
        (0.65, (1.0, 1.0), False, "worse"),
        (0.701, DEAR, False, "equivalent"),
        (0.695, (50.0, 1000.0), True, "equivalent"),
        (0.695, (50.0, 1001.0), False, "equivalent"),
        (0.695, (95.0, 950.0), False, "equivalent"),
    ],
)
def test_better_or_equivalent_and_cheaper(
    level: float, costs: tuple[float, float], promoted: bool, word: str
) -> None:
    decision = decide(contender(level, costs), contender(0.7), Gate())
    assert (decision.promoted, decision.verdict.word) == (promoted, word)
    assert decision.as_dict()["promoted"] is promoted
    assert f"{100 * (level - 0.7):+.0f}"[:1] in decision.reason


@pytest.mark.parametrize(
    ("own", "other", "said"),
    [
        ((0, 3133), (0, 3133), "neither runs circuits to adapt, as many trained parameters (3133)"),
        ((0, 80), (25, 100), "0 circuits to adapt instead of 25, 80 trained parameters instead of"),
        ((25, 100), (25, 80), "as many circuits to adapt (25), 100 trained parameters instead of"),
    ],
)
def test_what_both_cost_is_said_in_words(
    own: tuple[float, float], other: tuple[float, float], said: str
) -> None:
    reason = decide(contender(0.8, own), contender(0.7, other), Gate()).reason
    assert reason.startswith("one is better and ")
    assert f"against one; {said}" in reason


def test_too_few_seeds_promote_nobody() -> None:
    decision = decide(contender(0.9, seeds=2), contender(0.5), Gate())
    assert not decision.promoted
    assert "2 training seeds" in decision.reason


def test_as_many_seeds_are_paired_as_both_have() -> None:
    assert decide(contender(0.8, seeds=3), contender(0.7, seeds=5), Gate()).promoted


def test_a_baseline_has_no_seeds_and_is_paired_with_each() -> None:
    plain = contender(0.8, seeds=1)
    plain = plain._replace(sample=plain.sample._replace(random=False))
    assert decide(plain, contender(0.7), Gate()).verdict.word == "better"


@given(st.tuples(*[st.floats(0, 100)] * 4))
def test_two_cannot_both_be_cheaper(costs: tuple[float, float, float, float]) -> None:
    one, other = contender(0.5, costs[:2]), contender(0.5, costs[2:])
    assert not (is_cheaper(one, other, Gate()) and is_cheaper(other, one, Gate()))


def test_a_gate_lets_few_equals_pass_as_better() -> None:
    """Of 200 pairs of equals hardly one in forty is called better: half of one minus confidence."""
    random = np.random.default_rng(5)
    passed = 0
    for _ in range(200):
        hard = 0.1 * random.normal(size=100)
        pairs = 0.7 + hard + 0.1 * random.normal(size=(2, 3, 100))
        one, other = (
            Contender("x", Sample(values, None, np.ones(3, bool), True), *DEAR) for values in pairs
        )
        passed += decide(one, other, Gate(resamples=200)).promoted
    assert passed <= 12
