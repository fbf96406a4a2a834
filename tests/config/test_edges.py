"""A choice at an edge of where a search looked is no optimum that was seen from both sides."""

import pytest

from fewqubit.config.edges import edges, edges_text

RATES = [0.01, 0.003, 0.03]  # in any order
WIDE = {"low": 0.001, "high": 1.0, "log": True}


@pytest.mark.parametrize(
    ("value", "axis", "edge"),
    [
        (0.003, RATES, "least"),
        (0.01, RATES, None),
        (0.03, RATES, "greatest"),
        (0.03, WIDE, None),  # the middle of a logarithmic range, near an end of a linear one
        (0.03, {**WIDE, "log": False}, "least"),
        (0.98, WIDE, "greatest"),
        (8, {"low": 2, "high": 8}, "greatest"),
        (4, [4], None),  # nothing was searched
        ("zz", ["iqp", "zz"], None),  # names have no order
        (True, [False, True], None),
        ([4], [[], [4]], None),
    ],
)
def test_an_edge_is_the_least_or_greatest_number_that_was_offered(value, axis, edge):
    assert edges({"setting": value}, {"setting": axis}) == ({"setting": edge} if edge else {})


def test_a_setting_that_was_not_searched_has_no_edge():
    assert edges({"other": 1}, {"setting": [1, 2]}) == {}


def test_edges_are_told_with_their_values():
    values = {"training.learning_rate": 0.03, "circuit.bandwidth": 0.25}
    text = edges_text(values, {"training.learning_rate": "greatest", "circuit.bandwidth": "least"})
    assert text == (
        "training.learning_rate 0.03, the greatest tried; circuit.bandwidth 0.25, the least tried"
    )
