"""Circuits counted by hand for small cases."""

import pytest

from fewqubit.config import Episodes
from fewqubit.meta.cost import count_circuits
from meta.conftest import LEARNERS

EPISODES = Episodes(n_way=3, n_shot=2, n_query=4, n_validation=1, n_test=1)
STEPS, TASKS, SUPPORT, QUERY = 5, 4, 6, 12
INNER = STEPS * TASKS * (3 * SUPPORT + QUERY)
PAIRS = 4 * (4 + 3 + 2 + 1)  # of four weights, each by four shifts
ALL = 2 * (2 + 4)  # two inputs and four weights, each by two shifts


@pytest.mark.parametrize(
    ("name", "arm", "expected"),
    [
        ("protonet", "quantum", (STEPS * TASKS * (SUPPORT + QUERY), SUPPORT, 1)),
        ("protonet", "twin", (0, 0, 0)),
        ("protonet", "bypass", (0, 0, 0)),
        ("conditioned", "quantum", (STEPS * TASKS * (2 * SUPPORT + QUERY), 2 * SUPPORT, 1)),
        ("maml", "quantum", (INNER, 3 * SUPPORT * ALL, 1)),
        ("maml", "frozen", (INNER, 3 * SUPPORT * 2 * 2, 1)),
        ("anil", "quantum", (INNER, SUPPORT, 1)),
        (
            "natural",
            "quantum",
            (INNER, 3 * SUPPORT * (ALL + PAIRS), 1),
        ),
        ("scratch", "quantum", (0, 20 * SUPPORT * ALL, 1)),
        (
            "maml-perceptrons",
            "quantum",
            (3 * INNER, 3 * 3 * SUPPORT * 2 * (4 + 12), 3),
        ),
    ],
)
def test_counts(name: str, arm: str, expected: tuple[int, int, int]) -> None:
    assert tuple(count_circuits(LEARNERS[name], arm, EPISODES, STEPS)) == expected
