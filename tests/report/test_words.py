from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fewqubit.config import Arm, Evaluation
from fewqubit.evaluate.verdict import Comparison, Verdict
from fewqubit.report.answers import Answer
from fewqubit.report.words import (
    ARM_MEANINGS,
    duration,
    explain_arms,
    p_value,
    percent,
    points,
    points_range,
    sentence,
    short,
    summary,
    whole,
)

READING = Evaluation(margin=0.02, confidence=0.95)


def verdict(word, difference=0.03, p=0.01, p_same=0.9, seed_share=0.8, corrected=0.02):
    row = Comparison(difference, difference - 0.01, difference + 0.01, p, p_same, seed_share)
    return Verdict(row, corrected, p_same, word, low=row.low, high=row.high)


def answer(*alone, word=None):
    """The answer from a verdict on each opponent, the twin first; the first is the nearest."""
    arms = dict(zip(("twin", "mlp"), alone, strict=False))
    return Answer(alone[0]._replace(word=word or alone[0].word), "twin", arms)


def test_every_arm_is_put_in_words():
    assert set(ARM_MEANINGS) == set(get_args(Arm))
    assert explain_arms(["frozen", "bypass"]) == (
        "frozen: the circuit untrained; bypass: no circuit, the encoder alone"
    )


def test_numbers():
    assert (percent(0.8425), percent(-0.031)) == ("84.2 %", "−3.1 %")
    assert [points(d) for d in (0.0421, -0.003, 0.0001, -0.0001)] == ["+4.2", "−0.3", "0.0", "0.0"]
    assert points_range(-0.01, 0.02) == "−1.0 to +2.0"
    assert [p_value(p) for p in (0.0, 0.0009, 0.001, 0.5)] == [
        "< 0.001",
        "< 0.001",
        "0.001",
        "0.500",
    ]
    assert [short(name) for name in ("4/rot000", "card_payment_fee")] == [
        "4/rot000",
        "card_paymen…",
    ]
    assert whole(70400).replace("\N{NARROW NO-BREAK SPACE}", " ") == "70 400"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "cached"),
        (0.04, "0.0 s"),
        (6.31, "6.3 s"),
        (9.96, "10 s"),
        (99.4, "99 s"),
        (99.6, "1 min 40 s"),
        (7500, "2 h 5 min"),
    ],
)
def test_duration(seconds, text):
    assert duration(seconds) == text


def test_each_word_has_its_sentence():
    both = answer(verdict("ahead"), verdict("ahead", 0.05), word="better")
    assert sentence("maml", both, READING, 4) == (
        "The circuit helped maml: +3.0 points against its twin (95 % interval +2.0 to +4.0), "
        "+5.0 against mlp (+4.0 to +6.0)."
    )
    one = sentence("maml", answer(verdict("ahead")), READING, 4)
    assert one.startswith("Quantum maml is ahead of its twin: +3.0 points against its twin (95 %")
    assert one.endswith("none was run: add bypass, affine, mlp or rbf to the arms (`run.arms`).")
    worse = sentence("maml", answer(verdict("worse", -0.03)), READING, 4)
    assert worse.startswith("The circuit hurt maml: −3.0 points against its twin (95 % interval −4")
    same = sentence("maml", answer(verdict("equivalent", 0.001, 0.8, 0.01)), READING, 4)
    assert "no difference that matters" in same
    assert "margin of ±2 points" in same


def test_undecided_says_what_would_decide():
    def of(**how):
        return sentence("maml", answer(verdict("undecided", 0.01, **how)), READING, 4)

    assert "More training seeds" in of(p=0.3)
    assert "More test episodes" in of(p=0.3, seed_share=0.2)
    assert "not as one of 4 learners" in of(p=0.04, corrected=0.16)


def test_summary_counts_losses_as_plainly_as_wins():
    def words(*some):
        return summary({str(n): verdict(word) for n, word in enumerate(some)})

    assert words("worse") == "Of 1 learner, the quantum circuit helped none and hurt 1."
    assert words("better", "better") == "Of 2 learners, the quantum circuit helped 2."
    assert words("better", "worse", "equivalent", "undecided") == (
        "Of 4 learners, the quantum circuit helped 1, hurt 1, made no difference that matters to 1 "
        "and left 1 undecided."
    )
    assert words() == "No quantum learner was compared with its classical twin."


@given(st.floats(-1, 1))
def test_points_never_show_a_signed_zero(difference):
    assert points(difference) not in ("+0.0", "−0.0", "-0.0")
