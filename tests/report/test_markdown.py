"""Tables in Markdown: numbers line up on the right, words on the left."""

import pytest

from fewqubit.report.markdown import of_numbers, table


def test_a_column_is_aligned_by_what_it_holds() -> None:
    rows = [
        ["protonet", "twin", "76.7 %", "−0.3 to +1.2", "< 0.001", "= equivalent", ""],
        ["7", "bypass", "–", "+0.1 to +0.2", "0.2", "? undecided", "4 728"],
    ]
    head, rules, *lines = table([*"abcdefg"], rows)
    assert head == "| a | b | c | d | e | f | g |"
    assert rules == "| --- | --- | ---: | ---: | ---: | --- | ---: |"
    assert lines[1].startswith("| 7 | bypass | – |")


def test_no_rows_are_a_table_too() -> None:
    assert table(["a", "b"], []) == ["| a | b |", "| --- | ---: |"]


@pytest.mark.parametrize(
    "cells", [["−1.36 (−2 – 1)", "0.0"], ["41 s", "cached"], ["±1"], ["", "–"]]
)
def test_numbers(cells: list[str]) -> None:
    assert of_numbers(cells)


@pytest.mark.parametrize("cells", [["gradient 0.1"], ["3", "none"], ["-"], ["▲ better"]])
def test_words(cells: list[str]) -> None:
    assert not of_numbers(cells)
