import pytest
from hypothesis import given
from hypothesis import strategies as st

from fewqubit.report.figures import (
    BOTTOM,
    HEIGHT,
    LEFT,
    RIGHT,
    WIDTH,
    axis,
    heat_map,
    line_chart,
    most_confused,
)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=5))
def test_axis_holds_all_values_and_round_ticks(values):
    scale = axis(values)
    assert all(0 <= scale.share(value) <= 1 for value in values)
    assert all(-1e-9 <= scale.share(tick) <= 1 + 1e-9 for tick, _ in scale.ticks)
    assert len(scale.ticks) <= 9


def test_ticks_are_labelled_in_per_cent():
    assert [text for _, text in axis([0.25, 0.95]).ticks] == ["40 %", "60 %", "80 %"]
    assert [text for _, text in axis([-0.05, 0.08], unit="").ticks] == ["-5", "0", "5"]


def test_line_chart_spans_the_frame():
    chart = line_chart("maml", "step", [("quantum", "quantum", {0: 0.5, 400: 1.0})], axis([0.5, 1]))
    (line,) = chart.series
    first, last = (tuple(map(float, place.split(","))) for place in line.points.split())
    assert first[0] == LEFT
    assert last[0] == WIDTH - RIGHT
    assert last[1] < first[1] < HEIGHT - BOTTOM
    assert line.last == last
    assert [text for _, text in chart.x.ticks] == ["0", "100", "200", "300", "400"]


def test_line_chart_of_a_single_point():
    chart = line_chart("maml", "step", [("quantum", "quantum", {0: 0.5})], axis([0.5]))
    assert chart.series[0].last[0] == LEFT


def test_heat_map_gives_shares_of_the_true_class():
    counts = {("a", "a"): 3.0, ("a", "b"): 1.0, ("b", "b"): 4.0}
    figure = heat_map("maml", counts)
    assert figure.names == ["a", "b"]
    assert {(cell.row, cell.column): cell.share for cell in figure.cells} == {
        (0, 0): 0.75,
        (0, 1): 0.25,
        (1, 1): 1.0,
    }


def test_most_confused_counts_both_ways():
    counts = {("a", "b"): 2.0, ("b", "a"): 3.0, ("a", "c"): 4.0, ("c", "c"): 90.0}
    assert most_confused(counts, 1) == [("a", "b", pytest.approx(5.0))]
    assert len(most_confused(counts, 9)) == 2
